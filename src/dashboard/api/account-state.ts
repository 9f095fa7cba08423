import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** Why an account cannot sign in. */
export interface AccountState {
  readonly reason: string
  /** Empty if it has no end. */
  readonly until: string
  readonly at: string
}

/** The form that disables an account. */
export interface Disabling {
  readonly reason: string
  readonly until: string
  readonly notify: boolean
}

/** The state of an account that is disabled; null for one that can sign in. */
export function useAccountState(collection: string, recordId: string) {
  return useQuery({
    queryKey: keys.accountState(collection, recordId),
    queryFn: async () => {
      const { items } = await client.send<{ items: AccountState[] }>(
        `/api/collections/${encodeURIComponent(collection)}/states`,
        { method: 'GET', query: { record: recordId } },
      )
      return items[0] ?? null
    },
  })
}

/** Disables an account, which ends its sessions. */
export function useDisable(collection: string, recordId: string) {
  return useMutation({
    mutationFn: async (body: Disabling) => {
      await client.send(pathOf(collection, 'disable', recordId), { method: 'POST', body })
    },
    onSuccess: () => forget(collection, recordId),
  })
}

/** Lets an account sign in again. */
export function useEnable(collection: string, recordId: string) {
  return useMutation({
    mutationFn: async () => {
      await client.send(pathOf(collection, 'enable', recordId), { method: 'POST' })
    },
    onSuccess: () => forget(collection, recordId),
  })
}

function pathOf(collection: string, action: string, recordId: string): string {
  const path = [collection, action, recordId].map(encodeURIComponent).join('/')
  return `/api/collections/${path}`
}

async function forget(collection: string, recordId: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.accountState(collection, recordId) }),
    queryClient.invalidateQueries({ queryKey: keys.sessions(collection, recordId) }),
  ])
}
