import { useQueries } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'

/** The id of a record of each collection that fields refer to, where there is one. */
export function useRelatedIds(collectionIds: readonly string[]): ReadonlyMap<string, string> {
  const results = useQueries({
    queries: collectionIds.map((id) => ({
      queryKey: keys.recordList(id, { first: true }),
      queryFn: async () => {
        const page = await client
          .collection(id)
          .getList(1, 1, { fields: 'id', skipTotal: true, requestKey: null })
        return page.items[0]?.id ?? null
      },
    })),
  })
  return new Map(
    collectionIds.flatMap((id, index) => {
      const found = results[index]?.data
      return found === undefined || found === null ? [] : [[id, found] as const]
    }),
  )
}
