import type { CollectionModel, RecordModel } from 'pocketbase'
import { usePreview } from '#dashboard/api/records/bulk-edit.ts'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { t } from '#dashboard/text/t.ts'
import styles from './bulk-edit.module.css'
import { type BulkPart, resultOf } from './bulk-values.ts'

const texts = t.records.bulk
const shownCount = 5

interface BulkPreviewProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly ids: readonly string[]
  readonly parts: readonly BulkPart[]
}

/** The first records as they are and as they will be. */
export function BulkPreview({ collection, collections, ids, parts }: BulkPreviewProps) {
  const { data = [] } = usePreview(collection.name, ids.slice(0, shownCount))
  const cell = (record: RecordModel, { field }: BulkPart, value: unknown) => {
    const { Cell } = fieldTypeOf(field)
    return Cell === undefined ? null : (
      <Cell {...{ field, record, collection, collections, value }} />
    )
  }
  return (
    <section className={styles.preview}>
      <h3>{texts.preview({ shown: Math.min(shownCount, ids.length), all: ids.length })}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.record}</th>
            {parts.map(({ field }) => (
              <th key={field.id} scope="col">
                {field.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.map((record) => (
            <tr key={record.id}>
              <th scope="row">{labelOf(record, collection)}</th>
              {parts.map((part) => {
                const before: unknown = record[part.field.name]
                return (
                  <td key={part.field.id}>
                    <del>{cell(record, part, before)}</del>{' '}
                    <ins>{cell(record, part, resultOf(part, before))}</ins>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
