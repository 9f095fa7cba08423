import type { TestProject } from 'vitest/node'
import { type RunningSmtp, startSmtpServers } from './smtp-servers.ts'

let running: RunningSmtp | undefined

/** Has SMTP servers run beside the tests; `inject('smtp')` says where. */
export async function setup(project: TestProject): Promise<void> {
  running = await startSmtpServers()
  project.provide('smtp', running.setup)
}

/** Ends them with the tests. */
export async function teardown(): Promise<void> {
  await running?.stop()
}
