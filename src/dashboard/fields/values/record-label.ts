import type { CollectionModel, RecordModel } from 'pocketbase'
import { asList, asText } from '#dashboard/fields/field-type.ts'

const usualNames = ['name', 'title', 'label', 'email', 'username', 'subject', 'key', 'slug']

/** The fields that tell records of a collection apart for people; none when only ids do. */
export function labelFieldsOf({ fields, type }: CollectionModel): readonly string[] {
  const presentable = fields.filter((field) => field.presentable).map(({ name }) => name)
  if (presentable.length > 0) return presentable
  const usual = usualNames.find((name) =>
    fields.some((field) => field.name === name && ['text', 'email'].includes(field.type)),
  )
  if (usual !== undefined) return [usual]
  return type === 'auth' ? ['email'] : []
}

/** The label of a record: its presentable values, or its id. */
export function labelOf(record: RecordModel, collection: CollectionModel | undefined): string {
  const names = collection === undefined ? [] : labelFieldsOf(collection)
  const values = names.map((name) => asList<unknown>(record[name]).map(asText).join(', '))
  const label = values.filter((value) => value !== '').join(' · ')
  return label === '' ? record.id : label
}
