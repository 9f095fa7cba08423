import type { Collection } from '#catalog/collection.ts'
import { type Audience, permits } from './audience.ts'

/** Related records that `expand` can add to a record. */
export interface Expansion {
  /** `author`, or `comments_via_post` for the records that refer to this one. */
  readonly key: string
  readonly target: Collection
  readonly isSingle: boolean
}

/**
 * The expansions of a collection's records within the shown collections. Records of a collection
 * that the audience cannot view are never expanded, so they are not named either.
 */
export function expansionsOf(
  collection: Collection,
  audience: Audience,
  shown: readonly Collection[],
): readonly Expansion[] {
  const viewable = shown.filter(({ rules }) => permits(audience, rules.view))
  const forward = collection.fields.flatMap((field) => {
    const target = viewable.find(({ id }) => id === field.relatedCollectionId)
    if (target === undefined || isKept(field.hidden, audience)) return []
    return [{ key: field.name, target, isSingle: !field.isMultiple }]
  })
  const back = viewable.flatMap((target) =>
    target.fields
      .filter(({ relatedCollectionId }) => relatedCollectionId === collection.id)
      .filter(({ hidden }) => !isKept(hidden, audience))
      .map(({ name }) => ({
        key: `${target.name}_via_${name}`,
        target,
        isSingle: target.isUnique(name),
      })),
  )
  return [...forward, ...back]
}

function isKept(isHidden: boolean, audience: Audience): boolean {
  return isHidden && audience === 'public'
}
