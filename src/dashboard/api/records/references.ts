import { useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'

/** The number of referring records that are shown; the table has the others. */
const shownCount = 20

/** The filter that finds the records which refer to a record by a field. */
export function referenceFilter(field: string, id: string): string {
  return client.filter(`${field} ?= {:id}`, { id })
}

/** The first records that refer to a record by a field, and the number of all. */
export function useReferences(collection: string, field: string, id: string) {
  const filter = referenceFilter(field, id)
  return useQuery({
    queryKey: keys.recordList(collection, { references: filter }),
    queryFn: ({ signal }) =>
      client.collection(collection).getList(1, shownCount, { filter, signal }),
  })
}
