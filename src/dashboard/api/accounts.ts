import { useMutation, useQuery } from '@tanstack/react-query'
import type { RecordModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

/** The mails that can be sent to an account. */
export type AccountMail = 'verification' | 'passwordReset'

/** Sends a mail to an account. The server does not say if it is due. */
export function useSendAccountMail(collection: string, email: string) {
  return useMutation({
    mutationFn: (mail: AccountMail) =>
      mail === 'verification'
        ? client.collection(collection).requestVerification(email)
        : client.collection(collection).requestPasswordReset(email),
  })
}

const linksKey = ['records', '_externalAuths', 'of']

/** The accounts at OAuth2 providers that an account signs in with. */
export function useLinkedProviders({ id, collectionId }: RecordModel) {
  return useQuery({
    queryKey: [...linksKey, collectionId, id],
    queryFn: () =>
      client.collection('_externalAuths').getFullList({
        filter: client.filter('collectionRef = {:collectionId} && recordRef = {:id}', {
          collectionId,
          id,
        }),
      }),
  })
}

/** Removes the link to a provider, by the id of the link. */
export function useUnlinkProvider() {
  return useMutation({
    mutationFn: async (id: string) => await client.collection('_externalAuths').delete(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: linksKey }),
  })
}

/** Makes a token with which a superuser acts as the account. It cannot be renewed. */
export function useImpersonate(collection: string, id: string) {
  return useMutation({
    mutationFn: async (seconds: number) => {
      const impersonated = await client.collection(collection).impersonate(id, seconds)
      return impersonated.authStore.token
    },
    onSuccess: () => forgetSessions(collection, id),
  })
}

/** Gives an account another key for its tokens, which makes all of them invalid. */
export function useResetTokens(collection: string, id: string) {
  return useMutation({
    mutationFn: async () => {
      await client.collection(collection).update(id, { tokenKey: randomKey() })
    },
    onSuccess: () => forgetSessions(collection, id),
  })
}

async function forgetSessions(collection: string, id: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: keys.sessions(collection, id) })
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(25))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
