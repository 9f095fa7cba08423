import type { RecordModel } from 'pocketbase'
import { client } from '#dashboard/api/client.ts'

const pageSize = 200

interface ExportOptions {
  readonly filter: string
  readonly fields: readonly string[]
  readonly signal: AbortSignal
  readonly onProgress: (read: number) => void
}

/** Reads all records that a filter matches, in the order of their ids, so that none is missed. */
export async function readForExport(
  collection: string,
  { filter, fields, signal, onProgress }: ExportOptions,
): Promise<RecordModel[]> {
  const records: RecordModel[] = []
  for (;;) {
    const last = records.at(-1)?.id
    const after = last === undefined ? '' : client.filter('id > {:last}', { last })
    const parts = [filter === '' ? '' : `(${filter})`, after].filter(Boolean)
    const { items } = await client.collection(collection).getList(1, pageSize, {
      filter: parts.join(' && '),
      sort: 'id',
      fields: [...new Set(['id', ...fields])].join(','),
      skipTotal: true,
      signal,
    })
    records.push(...items)
    onProgress(records.length)
    if (items.length < pageSize) return records
  }
}

/** The filter that finds records by their ids. */
export function filterOfIds(ids: readonly string[]): string {
  return ids.map((id) => client.filter('id = {:id}', { id })).join(' || ')
}
