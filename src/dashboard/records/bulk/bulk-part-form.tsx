import { X } from 'lucide-react'
import type { CollectionModel } from 'pocketbase'
import { FieldTypeContext } from '#dashboard/fields/input/field-type-context.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { Select } from '#dashboard/ui/field.tsx'
import styles from './bulk-edit.module.css'
import { type BulkPart, operationsOf } from './bulk-values.ts'

const texts = t.records.bulk

interface BulkPartFormProps {
  readonly part: BulkPart
  readonly collection: CollectionModel
  readonly collections: readonly CollectionModel[]
  readonly error: string | undefined
  readonly onChange: (part: BulkPart) => void
  readonly onRemove: () => void
}

/** One field of a bulk edit: the operation and its value. */
export function BulkPartForm(props: BulkPartFormProps) {
  const { part, collection, collections, error, onChange, onRemove } = props
  const { field, operation, value } = part
  const type = fieldTypeOf(field)
  const { Input } = type
  return (
    <div className={styles.part}>
      <div className={styles.operation}>
        <Select
          aria-label={texts.operation({ name: field.name })}
          value={operation}
          options={operationsOf(field).map((each) => ({
            value: each,
            label: texts.operations[each],
          }))}
          onChange={(next) => onChange({ ...part, operation: next })}
        />
        <code>{operation === 'clear' ? field.name : ''}</code>
        <IconButton
          size="small"
          icon={X}
          label={texts.remove({ name: field.name })}
          onClick={onRemove}
        />
      </div>
      {operation !== 'clear' && Input !== undefined && (
        <FieldTypeContext value={type}>
          <Input
            field={field}
            value={value}
            onChange={(next) => onChange({ ...part, value: next })}
            error={error}
            record={undefined}
            collection={collection}
            collections={collections}
            isReadOnly={false}
          />
        </FieldTypeContext>
      )}
    </div>
  )
}
