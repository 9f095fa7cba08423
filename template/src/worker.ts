import { createWorker } from 'arete/cloudflare'
import app from './app.ts'

export { BackupObject, RealtimeShard } from 'arete/cloudflare'
export default createWorker(app)
