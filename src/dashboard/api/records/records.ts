import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import type { RecordModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import { forMany } from './many.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { ifUnchanged } from './record-tags.ts'
import { readingClient } from '#dashboard/api/view-as.ts'

/** The parameters of a list of records. */
export interface RecordQuery {
  readonly filter: string
  readonly sort: string
  /** Names of fields, and paths of what is expanded. */
  readonly fields: string
  readonly expand: string
}

const pageSize = 100
/** Maximum rows in memory; a filter finds the others. */
const maxRows = 5000

/** The records of a collection, 100 at a time. While another query is read, the former rows stay. */
export function useRecordPages(collection: string, query: RecordQuery) {
  return useInfiniteQuery({
    queryKey: keys.recordList(collection, query),
    initialPageParam: 1,
    placeholderData: (
      previous: InfiniteData<RecordModel[], number> | undefined,
      former: { readonly queryKey: readonly unknown[] } | undefined,
    ) => (former?.queryKey[1] === collection ? previous : undefined),
    queryFn: async ({ pageParam, signal }): Promise<RecordModel[]> => {
      const { items } = await readingClient()
        .collection(collection)
        .getList(pageParam, pageSize, { ...query, skipTotal: true, signal })
      return items
    },
    getNextPageParam: (last, pages) =>
      last.length < pageSize || pages.length * pageSize >= maxRows ? undefined : pages.length + 1,
  })
}

/** The number of records that a filter matches, counted apart from their list. */
export function useRecordTotal(collection: string, filter: string) {
  return useQuery({
    queryKey: keys.recordTotal(collection, filter),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const options = { filter, fields: 'id', signal }
      const { totalItems } = await readingClient().collection(collection).getList(1, 1, options)
      return totalItems
    },
  })
}

/** One record with all of its fields. */
export function useRecord(collection: string, id: string) {
  return useQuery({
    queryKey: keys.record(collection, id),
    enabled: id !== '',
    // The object has the tag, so it must be the one of the last response.
    structuralSharing: false,
    queryFn: ({ signal }) => readingClient().collection(collection).getOne(id, { signal }),
  })
}

/** Reads a record past the cache, to compare it with what an editor began with. */
export function readRecordNow(collection: string, id: string): Promise<RecordModel> {
  return client.collection(collection).getOne(id)
}

interface Save {
  /** Nothing, for a new record. */
  readonly id: string | undefined
  readonly body: Readonly<Record<string, unknown>>
  /** The state that is changed: the save is refused if the record has another one. */
  readonly known: object
}

/** Creates a record or changes one. Lists keep their place: a changed row is replaced where it is. */
export function useSaveRecord(collection: string, expand: string) {
  return useMutation({
    mutationFn: ({ id, body, known }: Save) =>
      id === undefined
        ? client.collection(collection).create({ ...body }, { expand })
        : client
            .collection(collection)
            .update(id, { ...body }, { expand, headers: ifUnchanged(known) }),
    onSuccess: async (saved, { id }) => {
      queryClient.setQueryData(keys.record(collection, saved.id), saved)
      if (id === undefined)
        await queryClient.invalidateQueries({ queryKey: keys.records(collection) })
      else replaceInLists(collection, saved)
    },
  })
}

/** Shows the new values of a record in every list that has it, where it stands. */
export function replaceInLists(collection: string, saved: RecordModel): void {
  const lists = { queryKey: [...keys.records(collection), 'list'] }
  queryClient.setQueriesData<InfiniteData<RecordModel[]> | RecordModel[]>(lists, (list) => {
    const replace = (records: RecordModel[]): RecordModel[] =>
      records.map((record) => (record.id === saved.id ? saved : record))
    if (list === undefined) return list
    return Array.isArray(list) ? replace(list) : { ...list, pages: list.pages.map(replace) }
  })
}

/** The outcome of deleting several records: what is gone, and why the others are not. */
export interface DeletionReport {
  readonly deleted: readonly string[]
  readonly refused: ReadonlyMap<string, unknown>
}

/** Deletes records, four at a time; a refusal does not stop the others. */
export function useDeleteRecords(collection: string) {
  return useMutation({
    mutationFn: async (ids: readonly string[]): Promise<DeletionReport> => {
      const { done, refused } = await forMany(ids, (id) => client.collection(collection).delete(id))
      return { deleted: done.map(({ item }) => item), refused }
    },
    // What refers to a deleted record may be gone, or changed, too.
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['records'] }),
  })
}

/** The number of records of a collection that refer to one of these by a field. */
export async function countReferences(
  collection: string,
  field: string,
  ids: readonly string[],
): Promise<number> {
  const filter = ids.map((id) => client.filter(`${field} ?= {:id}`, { id })).join(' || ')
  const { totalItems } = await client.collection(collection).getList(1, 1, { filter, fields: 'id' })
  return totalItems
}
