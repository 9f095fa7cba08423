import { useMutation } from '@tanstack/react-query'
import type { RecordModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/**
 * Changes the account that is signed in. Another address or password ends all its sessions but this
 * one.
 */
export function useChangeAccount(account: RecordModel) {
  const { collectionName, id } = account
  return useMutation({
    mutationFn: (changes: Readonly<Record<string, string>>) =>
      client.collection(collectionName).update(id, { ...changes }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: keys.sessions(collectionName, id) }),
        queryClient.invalidateQueries({ queryKey: keys.records(collectionName) }),
      ]),
  })
}
