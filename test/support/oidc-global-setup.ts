import type { TestProject } from 'vitest/node'
import { type RunningOidc, startOidcProvider } from './oidc-provider.ts'

let running: RunningOidc | undefined

/** Runs an OpenID Connect provider for the tests; `inject('oidc')` has its address. */
export async function setup(project: TestProject): Promise<void> {
  running = await startOidcProvider()
  project.provide('oidc', running.setup)
}

/** Stops it after the tests. */
export async function teardown(): Promise<void> {
  await running?.stop()
}
