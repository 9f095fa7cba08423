/*
 * The difference of two definitions in terms that a person reviews. Both sides are compared as
 * responses show them, so a change never contains a secret.
 */
import { ruleNames } from '#filter/syntax/rule-names.ts'
import { tokenOptionNames } from '#catalog/auth-options.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { formatIndex, parseIndex } from '#catalog/indexes.ts'
import { type CollectionJson, definitionJson } from '#collections/definition-json.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { fieldById } from '#collections/validate/definition-check.ts'

/** The kinds of changes. */
export type ChangeKind =
  | 'collection.create'
  | 'collection.rename'
  | 'collection.drop'
  | 'field.add'
  | 'field.rename'
  | 'field.change'
  | 'field.drop'
  | 'field.order'
  | 'index.add'
  | 'index.drop'
  | 'rules'
  | 'options'
  | 'secrets'

/** The effect of a new rule: more callers have access, fewer, or others. */
export type Access = 'opens' | 'closes' | 'changes'

/** One change of a definition. */
export interface SchemaChange {
  readonly kind: ChangeKind
  /** The name after the change. */
  readonly collection: string
  readonly field?: string
  /** The type of a new collection or field. */
  readonly type?: string
  /** The name of the rule. */
  readonly rule?: string
  readonly access?: Access
  /** The path of an option, such as `authToken.duration`. */
  readonly option?: string
  /** The statement of the index. */
  readonly index?: string
  readonly from?: unknown
  readonly to?: unknown
}

/**
 * The changes from one definition to the next; `undefined` stands for a collection that does not
 * exist. None if they differ in nothing but their dates.
 */
export function definitionChanges(
  before: CollectionDefinition | undefined,
  after: CollectionDefinition | undefined,
): SchemaChange[] {
  if (after === undefined) {
    return before === undefined ? [] : [{ kind: 'collection.drop', collection: before.name }]
  }
  const collection = after.name
  if (before === undefined) {
    const created = { kind: 'collection.create', collection, type: after.type } as const
    const rules = ruleChanges(collection, {}, definitionJson(after))
    return [created, ...rules]
  }
  const [from, to] = [definitionJson(before), definitionJson(after)]
  const renamed = {
    kind: 'collection.rename',
    collection,
    from: before.name,
    to: collection,
  } as const
  return [
    ...(before.name === after.name ? [] : [renamed]),
    // The query of a view determines its fields.
    ...(after.type === 'view' ? [] : fieldChanges(before, after)),
    ...indexChanges(before, after),
    ...ruleChanges(collection, from, to),
    ...optionChanges(collection, from, to),
    ...(haveSameSecrets(before, after) ? [] : [{ kind: 'secrets', collection } as const]),
  ]
}

/** True if anything but the dates differs. */
export function isChanged(before: CollectionDefinition, after: CollectionDefinition): boolean {
  return !isSame(undated(before), undated(after)) || !haveSameSecrets(before, after)
}

function undated(definition: CollectionDefinition): CollectionJson {
  return { ...definitionJson(definition), created: '', updated: '' }
}

function fieldChanges(before: CollectionDefinition, after: CollectionDefinition): SchemaChange[] {
  const collection = after.name
  const dropped = before.fields.filter(({ id }) => fieldById(after.fields, id) === undefined)
  const kept = after.fields.flatMap((to) => {
    const from = fieldById(before.fields, to.id)
    return from === undefined ? [] : [{ from, to }]
  })
  const added = after.fields.filter(({ id }) => fieldById(before.fields, id) === undefined)
  const order = before.fields.filter(({ id }) => fieldById(after.fields, id) !== undefined)
  const isMoved = kept.some(({ to }, at) => to.id !== order[at]?.id)
  return [
    ...dropped.map(({ name }) => ({ kind: 'field.drop', collection, field: name }) as const),
    ...kept.flatMap(({ from, to }) => keptFieldChanges(collection, from, to)),
    ...added.map(
      ({ name, type }) => ({ kind: 'field.add', collection, field: name, type }) as const,
    ),
    ...(isMoved
      ? [{ kind: 'field.order', collection, to: after.fields.map(({ name }) => name) } as const]
      : []),
  ]
}

function keptFieldChanges(
  collection: string,
  from: FieldDefinition,
  to: FieldDefinition,
): SchemaChange[] {
  const field = to.name
  const options = Object.keys({ ...from, ...to }).filter((key) => key !== 'id' && key !== 'name')
  return [
    ...(from.name === to.name
      ? []
      : [{ kind: 'field.rename', collection, field, from: from.name, to: field } as const]),
    ...options
      .filter((option) => !isSame(from[option], to[option]))
      .map((option) => {
        const values = { from: from[option], to: to[option] }
        return { kind: 'field.change', collection, field, option, ...values } as const
      }),
  ]
}

function indexChanges(before: CollectionDefinition, after: CollectionDefinition): SchemaChange[] {
  const collection = after.name
  const without = (indexes: readonly string[], others: readonly string[]) => {
    const known = new Set(others.map(comparable))
    return indexes.filter((index) => !known.has(comparable(index)))
  }
  return [
    ...without(before.indexes, after.indexes).map(
      (index) => ({ kind: 'index.drop', collection, index }) as const,
    ),
    ...without(after.indexes, before.indexes).map(
      (index) => ({ kind: 'index.add', collection, index }) as const,
    ),
  ]
}

/** The normal form of an index, whatever its table is called. */
function comparable(text: string): string {
  const index = parseIndex(text)
  return index === undefined ? text : formatIndex({ ...index, table: '' })
}

function ruleChanges(collection: string, from: CollectionJson, to: CollectionJson): SchemaChange[] {
  return ruleNames.flatMap((rule): SchemaChange[] => {
    const [before, after] = [ruleOf(from, rule), ruleOf(to, rule)]
    if (before === after) return []
    const access = accessChange(before, after)
    return [{ kind: 'rules', collection, rule, from: before, to: after, access }]
  })
}

function ruleOf(definition: CollectionJson, name: string): string | null {
  const rule = definition[name]
  return typeof rule === 'string' ? rule : null
}

/** The effect of a changed rule. Two expressions are not compared further. */
export function accessChange(from: string | null, to: string | null): Access {
  if (from === null || to === '') return 'opens'
  if (to === null || from === '') return 'closes'
  return 'changes'
}

const apart = new Set<string>([
  ...ruleNames,
  'id',
  'name',
  'type',
  'fields',
  'indexes',
  'created',
  'updated',
])

function optionChanges(
  collection: string,
  from: CollectionJson,
  to: CollectionJson,
): SchemaChange[] {
  const keys = Object.keys({ ...from, ...to }).filter((key) => !apart.has(key))
  return keys.flatMap((key) =>
    leafChanges(key, from[key], to[key]).map((change) => ({
      kind: 'options' as const,
      collection,
      ...change,
    })),
  )
}

interface Leaf {
  readonly option: string
  readonly from: unknown
  readonly to: unknown
}

/** The differences of two values, down to the members that are no objects. */
function leafChanges(option: string, from: unknown, to: unknown): Leaf[] {
  if (isSame(from, to)) return []
  if (!isObject(from) || !isObject(to)) return [{ option, from, to }]
  return Object.keys({ ...from, ...to }).flatMap((key) =>
    leafChanges(`${option}.${key}`, from[key], to[key]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function haveSameSecrets(before: CollectionDefinition, after: CollectionDefinition): boolean {
  return isSame(secretsOf(before), secretsOf(after))
}

function secretsOf(definition: CollectionDefinition): readonly string[] {
  if (definition.type !== 'auth') return []
  const { options } = definition
  return [
    ...tokenOptionNames.map((name) => options[name].secret),
    ...options.oauth2.providers.map(({ clientSecret }) => clientSecret),
  ]
}
