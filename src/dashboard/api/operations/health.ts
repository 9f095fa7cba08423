import { useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'

/** The report of a finished backup or restore. */
export interface TaskReport {
  readonly key: string
  readonly ended: string
  readonly outcome: 'done' | 'failed'
  readonly reason: string
  readonly missing: readonly string[]
  readonly leftOut: readonly unknown[]
}

/** The state of the server and of the request, as superusers can see it. */
export interface Health {
  /** False while a backup is made or restored. */
  readonly canBackup?: boolean
  readonly lastBackup?: TaskReport | null
  readonly lastRestore?: TaskReport | null
  readonly possibleProxyHeader?: string
  readonly realIP?: string
}

/** The key of the state of the server. */
export const healthKey = ['health']

/** The interval between reads while a backup is made or restored. */
const followMilliseconds = 1500

/** Reads the state of the server now. */
export async function readHealth(): Promise<Health> {
  return (await client.health.check()).data
}

/** The state of the server. While a backup is made or restored it is read again and again. */
export function useHealth() {
  return useQuery({
    queryKey: healthKey,
    queryFn: readHealth,
    refetchInterval: ({ state }) => (state.data?.canBackup === false ? followMilliseconds : false),
  })
}
