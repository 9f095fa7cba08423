import { BackupObject, createWorker, RealtimeShard } from '#extension/cloudflare.ts'
import { defineApp } from '#extension/define-app.ts'

/** The entry point on Cloudflare: an application that adds nothing. */
// oxlint-disable-next-line import/no-default-export -- the host requires it
export default createWorker(defineApp({}))

export { BackupObject, RealtimeShard }
