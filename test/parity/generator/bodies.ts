/*
 * Made-up collections as they are sent.
 */
import type { Json } from '../client.ts'
import { auth, base, view } from '../corpus/collections-of.ts'
import type { WorldCollection } from './world.ts'

/** The body of a collection. A new one cannot refer to itself. */
export function bodyOf(
  collection: WorldCollection,
  { isFirst }: { isFirst: boolean },
): { readonly [key: string]: Json } {
  const { name } = collection
  if (collection.type === 'view') return view(name, collection.query ?? '')
  const fields = collection.fields
    .filter((field) => !['email', 'emailVisibility', 'verified'].includes(field.name))
    .filter((field) => !isFirst || field.target !== name)
    .map((field) => field.definition)
  if (collection.type === 'auth') return auth(name, fields)
  return base(name, fields, { indexes: isFirst ? [] : collection.indexes })
}
