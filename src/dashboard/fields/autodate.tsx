import { t } from '#dashboard/text/t.ts'
import { dateCodec } from '#dashboard/fields/values/csv-codec.ts'
import { DateCell } from './date.tsx'
import type { FieldType } from './field-type.ts'

/** A moment that the server sets when a record is created or changed. */
export const autodate: FieldType = {
  letters: 'Au',
  label: t.fields.types.autodate,
  width: 210,
  csv: dateCodec,
  initial: () => '',
  Cell: ({ value }) => <DateCell value={value} />,
}
