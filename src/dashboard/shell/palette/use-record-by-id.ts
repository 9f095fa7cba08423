import { useQuery } from '@tanstack/react-query'
import type { CollectionModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import type { FoundRecord } from './palette-entries.tsx'

/** Generated ids have 15 characters; others are not worth a request to every collection. */
const idShape = /^[a-z0-9]{15}$/

/** Finds a record with this id, in one collection after another. */
export function useRecordById(
  text: string,
  collections: readonly CollectionModel[],
): { readonly found: FoundRecord | undefined; readonly isSearching: boolean } {
  const { data, isFetching } = useQuery({
    queryKey: ['record by id', text],
    enabled: idShape.test(text),
    queryFn: ({ signal }) => findRecord(text, collections, signal),
  })
  return { found: data ?? undefined, isSearching: isFetching }
}

async function findRecord(
  id: string,
  collections: readonly CollectionModel[],
  signal: AbortSignal,
): Promise<FoundRecord | null> {
  for (const { name } of collections) {
    const filter = client.filter('id = {:id}', { id })
    const page = await client
      .collection(name)
      .getList(1, 1, { filter, fields: 'id', skipTotal: true, signal })
    if (page.items.length > 0) return { collection: name, id }
  }
  return null
}
