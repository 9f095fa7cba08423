import type { Collection } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import type { Catalog } from '#catalog/catalog.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Field } from '#fields/definition/field-type.ts'

/**
 * The readers of a description. `public` stands for every client, so it contains nothing that only
 * superusers may know: no hidden fields, no rules, and no operation or name of a locked collection.
 */
export type Audience = 'superuser' | 'public'

/** True if the audience may call an operation with this rule. */
export function permits(audience: Audience, rule: Rule): boolean {
  return audience === 'superuser' || rule.kind === 'open' || rule.kind === 'filter'
}

/** True if an account that is not a superuser can sign in to the collection. */
export function acceptsSignIn(audience: Audience, { auth, rules }: Collection): boolean {
  return auth !== undefined && permits(audience, rules.auth)
}

/** The collections that the audience can use in any way. */
export function shownCollections(
  { collections }: Catalog,
  audience: Audience,
): readonly Collection[] {
  if (audience === 'superuser') return collections.all
  return collections.all.filter((collection) => {
    if (isSuperusers(collection)) return false
    const { list, view, create, update, delete: remove } = collection.rules
    return (
      [list, view, create, update, remove].some((rule) => permits(audience, rule)) ||
      acceptsSignIn(audience, collection)
    )
  })
}

/** The fields that responses for the audience may have. */
export function readableFields(collection: Collection, audience: Audience): readonly Field[] {
  return collection.fields.filter(
    (field) => !isSecret(collection, field) && (audience === 'superuser' || !field.hidden),
  )
}

/** The fields that the audience may send. */
export function writableFields(collection: Collection, audience: Audience): readonly Field[] {
  return collection.fields.filter((field) => {
    if (!field.acceptsInput || isTokenKey(collection, field)) return false
    if (audience === 'superuser' || isPassword(collection, field)) return true
    // Only managers mark an address as verified.
    return !field.hidden && !(collection.auth !== undefined && field.name === 'verified')
  })
}

/** The password of an account, which is hidden and still sent. */
export function isPassword({ auth }: Collection, { name }: Field): boolean {
  return auth !== undefined && name === 'password'
}

function isTokenKey({ auth }: Collection, { name }: Field): boolean {
  return auth !== undefined && name === 'tokenKey'
}

function isSecret(collection: Collection, field: Field): boolean {
  return isPassword(collection, field) || isTokenKey(collection, field)
}
