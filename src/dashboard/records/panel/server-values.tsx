import type { CollectionModel, RecordModel } from 'pocketbase'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { serverFieldsOf } from './form-values.ts'
import styles from '#dashboard/records/records.module.css'

interface ServerValuesProps {
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly record: RecordModel
}

/** The values that the server sets, such as times. */
export function ServerValues({ collection, collections, record }: ServerValuesProps) {
  const fields = serverFieldsOf(collection)
  if (fields.length === 0) return null
  return (
    <dl className={styles.meta}>
      {fields.map((field) => {
        const { Cell } = fieldTypeOf(field)
        return (
          <div key={field.id} style={{ display: 'contents' }}>
            <dt>{field.name}</dt>
            <dd>
              {Cell !== undefined && (
                <Cell {...{ field, record, collection, collections }} value={record[field.name]} />
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
