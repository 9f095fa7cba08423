import { beforeEach } from 'vitest'
import { createNodeHost, type NodeHost } from '#adapters/node/node-host.ts'
import { hasDepthLimit } from '#adapters/node/open-sqlite.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { describeDatabase } from '../contract/database.ts'
import { describeExpiry } from '../contract/expiry.ts'
import { describeKeyValueStore } from '../contract/key-value-store.ts'
import { describeRemoteLimits } from '../contract/remote-limits.ts'
import { bindings } from '../support/bindings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* The adapters as a server opens them: over files, on which the suites of all hosts run in memory. */

let host: NodeHost
beforeEach(async () => {
  const options = { migrations: await readMigrations(), limits: 'd1' } as const
  host = await createNodeHost({ folder: await temporaryFolder(), ...options })
  return async () => await host.close()
})

describeDatabase('in a file', () => host.bindings.DB, { hasDepthLimit })
describeRemoteLimits('in a file', () => host.bindings.DB)
describeKeyValueStore('in a file', () => host.bindings.SESSIONS)
describeExpiry('in a file', () => host.bindings.SESSIONS)
describeRemoteLimits('in memory', () => bindings.DB)
