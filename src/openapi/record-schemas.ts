import type { Collection } from '#catalog/collection.ts'
import type { Field } from '#fields/definition/field-type.ts'
import type { FieldShape, ShapeUse } from '#fields/definition/field-shape.ts'
import { type Dictionary, dictionary } from '#kernel/dictionary.ts'
import { type Audience, isPassword, readableFields, writableFields } from './audience.ts'
import { expansionsOf } from './expansions.ts'
import { type Json, ref } from './json.ts'

/** An object with named members. */
export interface ObjectShape {
  readonly type: 'object'
  readonly properties: Dictionary<Json>
  readonly required?: readonly string[]
}

/** The name of a collection's schema. Collections have no dot in their names, so none collide. */
export function schemaName(
  collection: Collection,
  part: 'record' | 'create' | 'update' | 'page' | 'auth' | 'event' | `${'create' | 'update'}Form`,
): string {
  return `${collection.name}.${part}`
}

/** A record as the audience receives it. `shown` are the collections of the same document. */
export function recordSchema(
  collection: Collection,
  audience: Audience,
  shown: readonly Collection[],
): ObjectShape {
  const fields = readableFields(collection, audience)
  const expansions = expansionsOf(collection, audience, shown)
  const members = fields.map((field) => [field.name, described(field, 'read', audience)] as const)
  const own = [
    ['collectionId', { type: 'string', enum: [collection.id] }],
    ['collectionName', { type: 'string', enum: [collection.name] }],
  ] as const
  const related = expansions.map(({ key, target, isSingle }) => {
    const schema = ref('schemas', schemaName(target, 'record'))
    return [key, isSingle ? schema : { type: 'array', items: schema }] as const
  })
  const expand = { type: 'object', properties: dictionary<Json>(related) }
  return {
    type: 'object',
    properties: dictionary<Json>([
      ...own,
      ...members,
      ...(related.length === 0 ? [] : [['expand', expand] as const]),
    ]),
    required: [
      ...own.map(([name]) => name),
      ...fields.filter((field) => isAlwaysShown(collection, field)).map(({ name }) => name),
    ],
  }
}

/** The body that creates or updates a record. A form has files, JSON only the names of stored ones. */
export function bodySchema(
  collection: Collection,
  audience: Audience,
  use: 'create' | 'update',
  encoding: 'json' | 'form',
): ObjectShape {
  const fields = writableFields(collection, audience).filter(
    // The id of a stored record cannot change.
    (field) =>
      !(use === 'update' && field.name === 'id') && (encoding === 'form' || !needsFile(field, use)),
  )
  const shapeOf = (field: Field): Json =>
    described(field, field.isFile && encoding === 'json' ? 'read' : use, audience)
  const password = fields.find((field) => isPassword(collection, field))
  const passwords = ['passwordConfirm', ...(use === 'update' ? ['oldPassword'] : [])]
  const required = [
    ...(use === 'create' ? fields.filter(isNeeded).map(({ name }) => name) : []),
    ...(use === 'create' && password !== undefined ? ['passwordConfirm'] : []),
  ]
  return {
    type: 'object',
    properties: dictionary<Json>([
      ...fields.map((field) => [field.name, shapeOf(field)] as const),
      ...(password === undefined
        ? []
        : passwords.map((name) => [name, { type: 'string', format: 'password' }] as const)),
      ...(use === 'update' ? fields.flatMap((field) => modifiersOf(field, encoding)) : []),
    ]),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** True if only a form can give the field a value. */
function needsFile({ isFile }: Field, use: 'create' | 'update'): boolean {
  return isFile && use === 'create'
}

/** True if a new record needs a value from the client. */
function isNeeded(field: Field): boolean {
  if (!field.isRequired) return false
  return field.fill('create', { known: field.zero }, new Date(0)) === undefined
}

/** Keys such as `views+`, which change the stored value. */
function modifiersOf(field: Field, encoding: 'json' | 'form'): [string, Json][] {
  // A single value is replaced rather than changed.
  if (!field.isNumber && !field.isMultiple) return []
  const keys = Object.keys(field.modifiers)
  return keys
    .filter((key) => encoding === 'form' || !field.isFile || key === 'key-')
    .map((key) => {
      const { items, type } = field.shape(field.isFile && key === 'key-' ? 'read' : 'update')
      const one: FieldShape = items ?? { type }
      const operand = items === undefined ? one : { anyOf: [one, { type: 'array', items: one }] }
      return [key.replace('key', () => field.name), { ...operand }]
    })
}

/** A field's shape, with notes that concern superusers only. */
function described(field: Field, use: ShapeUse, audience: Audience): Json {
  const { help = '' } = field.definition
  const notes = [
    ...(help === '' ? [] : [help]),
    ...(field.hidden ? ['Hidden: only superusers receive it.'] : []),
    ...(field.relatedCollectionId === undefined ? [] : ['The id of a record.']),
  ]
  const isTold = audience === 'superuser' && notes.length > 0
  const shape = field.shape(use)
  return {
    ...shape,
    ...(use !== 'read' && field.isRequired ? notBlank(shape) : {}),
    ...(isTold ? { description: [shape.description ?? '', ...notes].join(' ').trim() } : {}),
  }
}

/** The constraint of a required field. For a type whose blank value is not empty there is none. */
function notBlank({ type, enum: values, minLength = 1, minItems = 1 }: FieldShape): FieldShape {
  if (type === 'array') return { minItems }
  return type === 'string' && values === undefined ? { minLength } : {}
}

/** An account's address is left out without its consent. */
function isAlwaysShown({ auth }: Collection, { name, hidden }: Field): boolean {
  return !hidden && !(auth !== undefined && name === 'email')
}
