import { createWorker } from '#extension/cloudflare.ts'
import { followingApp } from '../support/no-op-hooks.ts'

// oxlint-disable-next-line import/no-default-export -- the host requires it
export default createWorker(followingApp)

export { BackupObject, RealtimeShard } from '#extension/cloudflare.ts'
