import type { CollectionField, CollectionModel } from 'pocketbase'
import { isMultiple } from '#dashboard/fields/field-type.ts'

/** A relation field that may refer to records of a collection. */
export interface ReferringField {
  readonly collection: CollectionModel
  readonly field: CollectionField
  /** The effect of deleting the record that it refers to. */
  readonly effect: 'delete' | 'block' | 'clear'
}

/** The relation fields that may refer to records of a collection. */
export function referringFields(
  { id }: CollectionModel,
  collections: readonly CollectionModel[],
): ReferringField[] {
  return collections
    .filter(({ type }) => type !== 'view')
    .flatMap((collection) =>
      collection.fields
        .filter((field) => field.type === 'relation' && field['collectionId'] === id)
        .map((field) => ({ collection, field, effect: effectOf(field) })),
    )
}

function effectOf(field: CollectionField): ReferringField['effect'] {
  if (field['cascadeDelete'] === true) return 'delete'
  return field['required'] === true && !isMultiple(field) ? 'block' : 'clear'
}
