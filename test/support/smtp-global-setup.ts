import type { TestProject } from 'vitest/node'
import { type RunningSmtp, startSmtpServers } from './smtp-servers.ts'

let running: RunningSmtp | undefined

/** Runs SMTP servers for the tests; `inject('smtp')` has their ports. */
export async function setup(project: TestProject): Promise<void> {
  running = await startSmtpServers()
  project.provide('smtp', running.setup)
}

/** Stops them after the tests. */
export async function teardown(): Promise<void> {
  await running?.stop()
}
