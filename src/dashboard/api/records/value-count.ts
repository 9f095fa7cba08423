import { useQuery } from '@tanstack/react-query'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'

interface CountedField {
  readonly name: string
  readonly type: string
  readonly maxSelect?: unknown
}

/** The number of records that have a value in a field. */
export function useValueCount(collection: string, field: CountedField) {
  return useMatchCount(collection, hasValue(field))
}

/** The number of records that match a filter. */
export function useMatchCount(collection: string, filter: string) {
  return useQuery({
    queryKey: keys.recordTotal(collection, filter),
    queryFn: async () => {
      const page = await client.collection(collection).getList(1, 1, { filter, fields: 'id' })
      return page.totalItems
    },
  })
}

/** The number of records of a collection. */
export function useRecordCount(collection: string) {
  return useMatchCount(collection, '')
}

/** The filter that finds records whose value is not the zero value of the type. */
function hasValue({ name, type, maxSelect }: CountedField): string {
  if (type === 'number') return `${name} != 0`
  if (type === 'bool') return `${name} = true`
  if (type === 'json') return `${name} != null`
  if (type === 'geoPoint') return `${name}.lon != 0 || ${name}.lat != 0`
  if (typeof maxSelect === 'number' && maxSelect > 1) return `${name}:length > 0`
  return `${name} != ''`
}
