import { useMutation, useQuery } from '@tanstack/react-query'
import type { CollectionModel } from 'pocketbase'
import { useMemo } from 'react'
import { client } from './client.ts'
import { keys } from './keys.ts'
import { queryClient } from './query-client.ts'

const query = {
  queryKey: keys.collections,
  queryFn: () => client.collections.getFullList({ sort: 'name' }),
  staleTime: 60_000,
}

/** All collections with their definitions, by name. */
export function useCollections() {
  return useQuery(query)
}

/** One collection by name or id; undefined while it is loading, null if it does not exist. */
export function useCollection(nameOrId: string): CollectionModel | null | undefined {
  const { data } = useCollections()
  if (data === undefined) return undefined
  return data.find(({ name, id }) => name === nameOrId || id === nameOrId) ?? null
}

/** The columns of all collections by name, to complete SQL. */
export function useTables(): Readonly<Record<string, readonly string[]>> {
  const { data } = useCollections()
  return useMemo(
    () =>
      Object.fromEntries(
        (data ?? []).map(({ name, fields }) => [name, fields.map((field) => field.name)]),
      ),
    [data],
  )
}

/** The collections for code outside of components, loaded unless they are cached. */
export function readCollections(): Promise<CollectionModel[]> {
  return queryClient.ensureQueryData(query)
}

/** A new definition of each type, as the server would complete it. */
export function useScaffolds() {
  return useQuery({
    queryKey: [...keys.collections, 'scaffolds'],
    queryFn: () => client.collections.getScaffolds(),
    // Names of indexes are made at random: a form must not get others while it is filled in.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

/** A collection as it is stored now. */
export function readCollection(nameOrId: string): Promise<CollectionModel> {
  return client.collections.getOne(nameOrId)
}

/** Creates a collection (without `id`) or updates one. */
export function useSaveCollection() {
  return useMutation({
    mutationFn: ({ id, ...definition }: Partial<CollectionModel>) =>
      id === undefined || id === ''
        ? client.collections.create(definition)
        : client.collections.update(id, definition),
    onSuccess: (saved) => forgetCollection(saved.name),
  })
}

/** Deletes a collection with its records. */
export function useDeleteCollection() {
  return useMutation({
    mutationFn: async (name: string) => await client.collections.delete(name),
    onSuccess: (_, name) => forgetCollection(name),
  })
}

/** Deletes all records of a collection. */
export function useTruncateCollection() {
  return useMutation({
    mutationFn: (name: string) => client.collections.truncate(name),
    onSuccess: (_, name) => forgetCollection(name),
  })
}

/** Imports definitions, as a whole or not at all. */
export function useImportCollections() {
  return useMutation({
    mutationFn: (input: { readonly items: readonly object[]; readonly deleteMissing: boolean }) =>
      client.collections.import([...input.items] as CollectionModel[], input.deleteMissing),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: keys.collections }),
        queryClient.invalidateQueries({ queryKey: ['records'] }),
      ]),
  })
}

async function forgetCollection(name: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.collections }),
    queryClient.invalidateQueries({ queryKey: keys.records(name) }),
  ])
}
