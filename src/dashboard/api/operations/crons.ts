import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import type { SqlResult } from './sql.ts'

/** A scheduled job. */
export interface Job {
  readonly id: string
  /** A cron expression in UTC. */
  readonly expression: string
  /** The minute of the last scheduled run; undefined before the first. */
  readonly lastRun: Date | undefined
}

/** All scheduled jobs with their last runs. */
export function useJobs() {
  return useQuery({
    queryKey: keys.crons,
    queryFn: async (): Promise<Job[]> => {
      const [jobs, lastRuns] = await Promise.all([client.crons.getFullList(), readLastRuns()])
      return jobs.map(({ id, expression }) => ({ id, expression, lastRun: lastRuns.get(id) }))
    },
    refetchInterval: 60_000,
  })
}

/** Runs a job to its end, and returns the time that it took in milliseconds. */
export function useRunJob() {
  return useMutation({
    mutationFn: async (id: string) => {
      const started = performance.now()
      await client.crons.run(id, { query: { wait: true } })
      return Math.round(performance.now() - started)
    },
  })
}

/** The list of jobs, which is PocketBase's, does not have them. */
async function readLastRuns(): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await client.send<SqlResult>('/api/sql', {
    method: 'POST',
    body: { query: 'SELECT id, last_run FROM _crons' },
  })
  return new Map(rows.map(([id, seconds]) => [id ?? '', new Date(Number(seconds) * 1000)] as const))
}
