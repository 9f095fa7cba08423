import { useMutation, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'
import { keys } from './keys.ts'

/** A provider that collections can be connected to. */
export interface KnownProvider {
  readonly name: string
  readonly displayName: string
  /** SVG. */
  readonly logo: string
}

/** All providers that the server knows. */
export function useOAuth2Providers() {
  return useQuery({
    queryKey: keys.oauth2Providers,
    queryFn: () =>
      client.send<readonly KnownProvider[]>('/api/collections/meta/oauth2-providers', {
        method: 'GET',
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The address where a stored provider asks for consent; undefined if it is not in use. */
export function useProviderAddress(collection: string, provider: string) {
  return useQuery({
    queryKey: [...keys.collections, 'sign-in', collection],
    queryFn: () => client.collection(collection).listAuthMethods(),
    select: ({ oauth2 }) => oauth2.providers.find(({ name }) => name === provider)?.authURL,
  })
}

/** The data that Apple gives developers. */
export interface AppleKey {
  readonly clientId: string
  readonly teamId: string
  readonly keyId: string
  readonly privateKey: string
  readonly durationSeconds: number
}

/** Signs a client secret for Apple. Nothing is stored. */
export function useAppleSecret() {
  return useMutation({
    mutationFn: async (key: AppleKey) => {
      const { clientId, teamId, keyId, privateKey, durationSeconds } = key
      const { secret } = await client.settings.generateAppleClientSecret(
        clientId,
        teamId,
        keyId,
        privateKey,
        durationSeconds,
      )
      return secret
    },
  })
}
