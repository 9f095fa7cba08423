import { useQuery } from '@tanstack/react-query'
import type { RecordModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import { forMany, type ManyReport } from './many.ts'
import { replaceInLists } from './records.ts'
import type { Change } from './undo.ts'

/** A bulk edit: the body of each update, and the fields whose values it changes. */
export interface BulkEdit {
  readonly body: Readonly<Record<string, unknown>>
  readonly names: readonly string[]
}

interface BulkOptions {
  readonly expand: string
  readonly signal: AbortSignal
  readonly onProgress: (finished: number) => void
}

/** Updates records one by one, and returns what each had before. */
export async function editMany(
  collection: string,
  ids: readonly string[],
  { body, names }: BulkEdit,
  { expand, signal, onProgress }: BulkOptions,
): Promise<ManyReport<string, Change>> {
  const records = client.collection(collection)
  const pick = (record: RecordModel): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, record[name]]))
  const edit = async (id: string): Promise<Change> => {
    const before = await records.getOne(id)
    const saved = await records.update(id, { ...body }, { expand })
    replaceInLists(collection, saved)
    return { id, before: pick(before), after: pick(saved) }
  }
  return await forMany(ids, edit, { signal, onProgress })
}

/** Records with all of their fields, to show how an edit would change them. */
export function usePreview(collection: string, ids: readonly string[]) {
  return useQuery({
    queryKey: keys.recordList(collection, { preview: ids }),
    queryFn: async ({ signal }) => {
      const filter = ids.map((id) => client.filter('id = {:id}', { id })).join(' || ')
      const { items } = await client
        .collection(collection)
        .getList(1, ids.length, { filter, skipTotal: true, signal })
      return ids.flatMap((id) => items.find((record) => record.id === id) ?? [])
    },
  })
}
