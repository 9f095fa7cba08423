/*
 * The entry `arete/cloudflare`: an application as a Worker.
 */
import { env } from 'cloudflare:workers'
import { createExtension } from './create-extension.ts'
import type { AreteApp } from './define-app.ts'
import { type AreteWorker, createHostWorker } from './host-worker.ts'

/**
 * Creates the Worker of an application. Its module has to export `BackupObject` and `RealtimeShard`,
 * too, which are the classes of its Durable Objects.
 */
export function createWorker(application: AreteApp): AreteWorker {
  // Only `npm start` and `npm run dev` set this variable.
  const isStrict = 'LOCAL_INBOX' in env && env.LOCAL_INBOX === '1'
  return createHostWorker(
    createExtension(application, { isStrict, environment: () => ({ ...env }) }),
  )
}

export { BackupObject, RealtimeShard } from './host-worker.ts'
export type { AreteWorker }
