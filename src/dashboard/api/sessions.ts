import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** A session of an account: one sign-in on one device. */
export interface AccountSession {
  readonly id: string
  readonly created: string
  readonly lastSeen: string
  /** `Firefox on Windows`; empty if unknown. */
  readonly device: string
  /** `Lyon, FR`; empty if unknown. */
  readonly place: string
  /** True for the session of this tab. */
  readonly current: boolean
}

/** The sessions of an account, last seen first. */
export function useSessions(collection: string, recordId: string) {
  return useQuery({
    queryKey: keys.sessions(collection, recordId),
    queryFn: async () => {
      const { items } = await client.send<{ items: AccountSession[] }>(pathOf(collection), {
        method: 'GET',
        query: { record: recordId },
      })
      return items
    },
  })
}

/**
 * Ends one session of an account. The store of sessions may still list it for a while, so it is
 * taken out of the cached list.
 */
export function useEndSession(collection: string, recordId: string) {
  return useMutation({
    mutationFn: async (id: string) => {
      await client.send(`${pathOf(collection)}/${encodeURIComponent(id)}`, {
        method: 'DELETE',
        query: { record: recordId },
      })
    },
    onSuccess: (_, id) => keepOnly(collection, recordId, (session) => session.id !== id),
  })
}

/** Ends all sessions of an account except the one of this tab. */
export function useEndOtherSessions(collection: string, recordId: string) {
  return useMutation({
    mutationFn: async () => {
      await client.send(pathOf(collection), { method: 'DELETE', query: { record: recordId } })
    },
    onSuccess: () => keepOnly(collection, recordId, ({ current }) => current),
  })
}

function pathOf(collection: string): string {
  return `/api/collections/${encodeURIComponent(collection)}/sessions`
}

function keepOnly(
  collection: string,
  recordId: string,
  isKept: (session: AccountSession) => boolean,
): void {
  queryClient.setQueryData<AccountSession[]>(keys.sessions(collection, recordId), (known) =>
    known?.filter(isKept),
  )
}
