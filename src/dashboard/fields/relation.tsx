import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { useRecordsByIds } from '#dashboard/api/records/relations.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { LabelsCell } from '#dashboard/fields/input/cells.tsx'
import { listCodec } from '#dashboard/fields/values/csv-codec.ts'
import {
  asList,
  type CellProps,
  type FieldType,
  type InlineProps,
  type InputProps,
  isMultiple,
  numberOption,
} from './field-type.ts'
import { FieldInputGroup } from '#dashboard/fields/input/field-input.tsx'
import styles from './fields.module.css'
import { ItemList, moved } from '#dashboard/fields/input/item-list.tsx'
import { labelOf } from '#dashboard/fields/values/record-label.ts'
import { RelationPicker } from '#dashboard/fields/input/relation-picker.tsx'

/** References to records of another collection, or of the same. */
export const relation: FieldType = {
  letters: 'Re',
  label: t.fields.types.relation,
  width: 200,
  csv: listCodec,
  initial: (field) => (isMultiple(field) ? [] : ''),
  Cell: RelationCell,
  Input: RelationInput,
  Inline: InlineRelation,
  fitsInline: (field) => !isMultiple(field),
  hasModifiers: isMultiple,
}

function RelationCell({ field, value, record, collections }: CellProps) {
  const target = collections.find(({ id }) => id === field['collectionId'])
  const expanded = asList<RecordModel>(record.expand?.[field.name])
  const labels = asList(value).map((id) => {
    const found = expanded.find((each) => each.id === id)
    return found === undefined ? id : labelOf(found, target)
  })
  return <LabelsCell labels={labels} max={2} />
}

/** Chooses one record within a cell. */
function InlineRelation({ field, value, onChoose, collections, control }: InlineProps) {
  const target = collections.find(({ id }) => id === field['collectionId'])
  if (target === undefined) return null
  return (
    <RelationPicker
      label={control['aria-label']}
      target={target}
      chosen={asList(value)}
      max={1}
      onChange={(ids) => onChoose(ids[0] ?? '')}
      onClose={() => undefined}
    />
  )
}

function RelationInput({ field, value, onChange, error, collections, isReadOnly }: InputProps) {
  const [isChoosing, setChoosing] = useState(false)
  const target = collections.find(({ id }) => id === field['collectionId'])
  const ids = asList(value)
  const max = numberOption(field, 'maxSelect') ?? 1
  const { data = [] } = useRecordsByIds(target, ids)
  const set = (list: readonly string[]): void => onChange(max > 1 ? list : (list[0] ?? ''))
  const items = ids.map((id) => {
    const found = data.find((record) => record.id === id)
    const name = found === undefined ? id : labelOf(found, target)
    return { key: id, name, content: <span className={styles.itemName}>{name}</span> }
  })
  return (
    <FieldInputGroup
      field={field}
      error={error}
      hint={max > 1 ? t.fields.upTo({ max }) : undefined}
    >
      <ItemList
        items={items}
        isReadOnly={isReadOnly}
        onMove={(from, to) => set(moved(ids, from, to))}
        onRemove={(key) => set(ids.filter((id) => id !== key))}
      />
      {!isReadOnly && target !== undefined && (
        <span>
          <Button size="small" aria-expanded={isChoosing} onClick={() => setChoosing(!isChoosing)}>
            {t.fields.chooseFrom({ name: target.name })}
          </Button>
        </span>
      )}
      {isChoosing && target !== undefined && (
        <RelationPicker
          label={`${t.fields.searchRecords}: ${field.name}`}
          target={target}
          chosen={ids}
          max={max}
          onChange={set}
          onClose={() => setChoosing(false)}
        />
      )}
    </FieldInputGroup>
  )
}
