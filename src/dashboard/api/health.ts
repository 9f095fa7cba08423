import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** The state of the server and of the request, as superusers can see it. */
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
