import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { CollectionModel, RecordModel } from 'pocketbase'
import { client } from './client.ts'
import { keys } from './keys.ts'

const pageSize = 50

/** Records by their ids, wherever a list would have them. */
export function useRecordsByIds(collection: CollectionModel | undefined, ids: readonly string[]) {
  const name = collection?.name ?? ''
  return useQuery({
    queryKey: keys.recordList(name, { ids: ids.toSorted() }),
    enabled: collection !== undefined && ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const filter = ids.map((id) => client.filter('id = {:id}', { id })).join(' || ')
      const { items } = await client
        .collection(name)
        .getList(1, Math.min(ids.length, 500), { filter, skipTotal: true })
      return items
    },
  })
}

/** Records that may be chosen, by a text in one of the given fields or by id; 50 at a time. */
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
      const filter = ['id', ...labelFields]
        .map((field) => client.filter(`${field} ~ {:wanted}`, { wanted }))
        .join(' || ')
      const { items } = await client.collection(name).getList(pageParam, pageSize, {
        skipTotal: true,
        signal,
        ...(wanted === '' ? {} : { filter }),
      })
      return items
    },
    getNextPageParam: (last, pages) => (last.length < pageSize ? undefined : pages.length + 1),
  })
}
