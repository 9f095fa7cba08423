import { BackupObject, createHostWorker, RealtimeShard } from '#extension/host-worker.ts'

/** The entry point on Cloudflare: no application, and none of the code that only applications need. */
// oxlint-disable-next-line import/no-default-export -- the host requires it
export default createHostWorker()

export { BackupObject, RealtimeShard }
