import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'

/** The data of a deployment that all callers can read. */
export interface Arete {
  readonly dashboard: {
    /** True until there is a superuser. */
    readonly setup: boolean
    readonly signIn: readonly string[]
    readonly appName: string
    readonly local: boolean
  }
}

/** Reads what is known before the sign-in. */
export function useArete() {
  return useQuery({
    queryKey: keys.arete,
    queryFn: () => client.send<Arete>('/api/arete', { method: 'GET' }),
  })
}
