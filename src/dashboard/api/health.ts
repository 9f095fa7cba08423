import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** What the server tells superusers of itself and of their request. */
export interface Health {
  /** False while a backup is made or restored. */
  readonly canBackup?: boolean
  readonly possibleProxyHeader?: string
  readonly realIP?: string
}

/** The state of the server. */
export function useHealth(everyMilliseconds?: number) {
  return useQuery({
    queryKey: ['health'],
    queryFn: async () => (await client.health.check()).data as Health,
    refetchInterval: everyMilliseconds ?? false,
  })
}
