import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { client } from '#dashboard/api/client.ts'
import { keys } from '#dashboard/api/keys.ts'
import { forMany, type ManyReport } from './many.ts'
import { queryClient } from '#dashboard/api/query-client.ts'

/** A row of a file as the body of a request. */
export interface ImportRow {
  readonly body: Readonly<Record<string, unknown>>
}

/** The effect of importing a row. */
export type ImportResult = 'created' | 'updated' | 'unchanged'

interface ImportOptions {
  readonly mode: 'create' | 'upsert' | 'update'
  /** The field that finds the stored record of a row. */
  readonly key: string
  readonly signal: AbortSignal
  readonly onProgress: (finished: number) => void
}

/** Imports rows one by one. A row that is refused does not stop the others. */
export async function importRows<Row extends ImportRow>(
  collection: string,
  rows: readonly Row[],
  { mode, key, signal, onProgress }: ImportOptions,
): Promise<ManyReport<Row, ImportResult>> {
  const records = client.collection(collection)
  const save = async ({ body }: Row): Promise<ImportResult> => {
    if (mode === 'create') {
      await records.create({ ...body })
      return 'created'
    }
    const filter = client.filter(`${key} = {:value}`, { value: body[key] })
    const { items } = await records.getList(1, 1, { filter, skipTotal: true })
    const [stored] = items
    if (stored === undefined && mode === 'upsert') {
      await records.create({ ...body })
      return 'created'
    }
    if (stored === undefined) throw new Error(`No record has this ${key}.`)
    const isStored = Object.entries(body).every(([name, value]) => isSame(stored[name], value))
    if (isStored) return 'unchanged'
    await records.update(stored.id, { ...body })
    return 'updated'
  }
  const report = await forMany(rows, save, { signal, onProgress })
  await queryClient.invalidateQueries({ queryKey: keys.records(collection) })
  return report
}
