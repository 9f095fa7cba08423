import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { CollectionModel, RecordModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import { readingClient } from '#dashboard/api/view-as.ts'

const pageSize = 50

/** Records by their ids, wherever a list would have them. */
export function useRecordsByIds(collection: CollectionModel | undefined, ids: readonly string[]) {
  const name = collection?.name ?? ''
  return useQuery({
    queryKey: keys.recordList(name, { ids: ids.toSorted() }),
    enabled: collection !== undefined && ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const records: RecordModel[] = []
      for (let at = 0; at < ids.length; at += pageSize) {
        const filter = ids
          .slice(at, at + pageSize)
          .map((id) => client.filter('id = {:id}', { id }))
          .join(' || ')
        const { items } = await readingClient()
          .collection(name)
          .getList(1, pageSize, { filter, skipTotal: true, signal })
        records.push(...items)
      }
      return records
    },
  })
}

/**
 * Records that may be chosen, 50 at a time: by a text in one of the given fields or in the id, or by a
 * filter, which has a comparison.
 */
export function useCandidates(
  { name }: CollectionModel,
  labelFields: readonly string[],
  text: string,
) {
  const wanted = text.trim()
  return useInfiniteQuery({
    queryKey: keys.recordList(name, { candidates: wanted }),
    initialPageParam: 1,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }): Promise<RecordModel[]> => {
      const filter = /[=~<>]/.test(wanted)
        ? wanted
        : ['id', ...labelFields]
            .map((field) => client.filter(`${field} ~ {:wanted}`, { wanted }))
            .join(' || ')
      const { items } = await readingClient()
        .collection(name)
        .getList(pageParam, pageSize, {
          skipTotal: true,
          signal,
          ...(wanted === '' ? {} : { filter }),
        })
      return items
    },
    getNextPageParam: (last, pages) => (last.length < pageSize ? undefined : pages.length + 1),
  })
}
