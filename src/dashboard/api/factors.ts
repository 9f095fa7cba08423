import { useMutation, useQuery } from '@tanstack/react-query'
import { client, session } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'
import type { AuthAnswer, Proof } from './session.ts'

/** An authenticator of an account. */
export interface Factor {
  readonly id: string
  readonly name: string
  /** False until its first code was entered. */
  readonly confirmed: boolean
  readonly created: string
  /** Empty if it was never used. */
  readonly lastUsed: string
}

/** The second factors of an account. */
export interface FactorsOfAccount {
  readonly items: readonly Factor[]
  /** The number of unused recovery codes. */
  readonly recoveryCodes: number
  /** True if the collection demands a second factor of the account. */
  readonly required: boolean
}

/** An authenticator that was begun: to be shown to an app. */
export interface NewAuthenticator {
  readonly id: string
  /** To type in. */
  readonly secret: string
  /** To scan. */
  readonly uri: string
}

/** An authenticator that was confirmed. */
export interface ConfirmedAuthenticator extends AuthAnswer {
  /** Only with the first one of an account. */
  readonly recoveryCodes?: readonly string[]
}

/** The second factors of an account. */
export function useFactors(collection: string, record: string) {
  return useQuery({
    queryKey: keys.factors(collection, record),
    queryFn: () =>
      client.send<FactorsOfAccount>(pathOf(collection), {
        method: 'GET',
        query: ownerOf(record),
      }),
  })
}

/** Removes an authenticator. */
export function useRemoveFactor(collection: string, record: string) {
  return useMutation({
    mutationFn: (id: string) =>
      client.send<unknown>(`${pathOf(collection)}/${encodeURIComponent(id)}`, {
        method: 'DELETE',
        query: ownerOf(record),
      }),
    onSuccess: () => forgetFactors(collection, record),
  })
}

/** Gives an authenticator another name. */
export function useRenameFactor(collection: string, record: string) {
  return useMutation({
    mutationFn: ({ id, name }: { readonly id: string; readonly name: string }) =>
      client.send<Factor>(`${pathOf(collection)}/${encodeURIComponent(id)}`, {
        method: 'PATCH',
        body: { name },
      }),
    onSuccess: () => forgetFactors(collection, record),
  })
}

/** Makes ten new recovery codes; the former ones stop working. */
export function useNewRecoveryCodes(collection: string, record: string) {
  return useMutation({
    mutationFn: () =>
      client.send<{ readonly recoveryCodes: readonly string[] }>(
        `${pathOf(collection)}/recovery-codes`,
        { method: 'POST' },
      ),
    onSuccess: () => forgetFactors(collection, record),
    // The codes stay nowhere.
    gcTime: 0,
  })
}

/** Begins to add an authenticator, in the session or under the challenge of a sign-in. */
export async function beginAuthenticator(
  collection: string,
  body: { readonly name: string; readonly mfaId?: string },
): Promise<NewAuthenticator> {
  return await client.send<NewAuthenticator>(`${pathOf(collection)}/totp`, {
    method: 'POST',
    body,
  })
}

/** Adds an authenticator with one of its codes. */
export async function confirmAuthenticator(
  collection: string,
  id: string,
  body: { readonly code: string; readonly mfaId?: string },
): Promise<ConfirmedAuthenticator> {
  return await client.send<ConfirmedAuthenticator>(
    `${pathOf(collection)}/totp/${encodeURIComponent(id)}/confirm`,
    { method: 'POST', body },
  )
}

/** Reads the factors of an account again. */
export async function forgetFactors(collection: string, record: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.factors(collection, record) }),
    queryClient.invalidateQueries({ queryKey: keys.sessions(collection, record) }),
  ])
}

/** Proves the identity of the account that is signed in, in the same session. */
export async function proveIdentity(proof: Proof): Promise<void> {
  const collection = session.record?.collectionName ?? '_superusers'
  const path = `/api/collections/${encodeURIComponent(collection)}/step-up`
  const { token, record } = await client.send<AuthAnswer>(path, { method: 'POST', body: proof })
  session.save(token, record)
}

function pathOf(collection: string): string {
  return `/api/collections/${encodeURIComponent(collection)}/factors`
}

/** The own factors are read as their owner, which no parameter says. */
function ownerOf(record: string): { readonly record?: string } {
  return record === session.record?.id ? {} : { record }
}
