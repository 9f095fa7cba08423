import type { TestProject } from 'vitest/node'
import { type RunningOidc, startOidcProvider } from './oidc-provider.ts'

let running: RunningOidc | undefined

/** Has an OpenID Connect provider run beside the tests; `inject('oidc')` says where. */
export async function setup(project: TestProject): Promise<void> {
  running = await startOidcProvider()
  project.provide('oidc', running.setup)
}

/** Ends it with the tests. */
export async function teardown(): Promise<void> {
  await running?.stop()
}
