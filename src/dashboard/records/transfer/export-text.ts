import type { CollectionField, RecordModel } from 'pocketbase'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { writeCsv } from './csv.ts'

/** The formats of an exported file. */
export type ExportFormat = 'csv' | 'ndjson' | 'json'

/** The types of the files, by format. */
export const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
}

/** The text of a file with the given fields of records. */
export function exportText(
  records: readonly RecordModel[],
  fields: readonly CollectionField[],
  format: ExportFormat,
): string {
  if (format === 'csv') {
    const rows = records.map((record) =>
      fields.map((field) => fieldTypeOf(field).csv?.write(record[field.name]) ?? ''),
    )
    return writeCsv(
      fields.map(({ name }) => name),
      rows,
    )
  }
  const objects = records.map((record) =>
    Object.fromEntries(fields.map(({ name }) => [name, record[name]])),
  )
  if (format === 'json') return JSON.stringify(objects, null, 2)
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('')
}
