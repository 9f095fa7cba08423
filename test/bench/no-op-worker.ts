import { createWorker } from '#extension/cloudflare.ts'
import { noOpApp } from '../support/no-op-hooks.ts'

// oxlint-disable-next-line import/no-default-export -- the host requires it
export default createWorker(noOpApp)

export { BackupObject, RealtimeShard } from '#extension/cloudflare.ts'
