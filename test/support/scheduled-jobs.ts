import { createJobs } from '#crons/jobs.ts'
import { bindings } from './bindings.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'

/** Runs a scheduled job at a given time. */
export async function runScheduledJob(id: string, now: Date): Promise<void> {
  const { list } = createJobs(createMailbox().transports)
  const job = list.find((each) => each.id === id)
  if (job === undefined) throw new Error(`There is no job ${id}.`)
  await job.run(bindings, now)
}
