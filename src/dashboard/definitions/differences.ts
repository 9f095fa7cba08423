import { type Change, changesBetween } from '#dashboard/schema/changes/changes.ts'
import type { Definition, FieldDefinition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import type { DocumentItem } from './document.ts'

/** Merging keeps what the document does not name; replacing deletes it. */
export type ImportMode = 'merge' | 'replace'

/** Everything that an import does to one collection. */
export interface Difference {
  readonly name: string
  readonly kind: 'added' | 'changed' | 'removed'
  /** The stored name, where there are stored records. */
  readonly stored?: string
  readonly changes: readonly Change[]
}

/** Compares a document with what is stored. Collections without differences are left out. */
export function differencesOf(
  items: readonly DocumentItem[],
  stored: readonly Definition[],
  mode: ImportMode,
): Difference[] {
  const pairs = items.map((item) => {
    const base = storedFor(item, stored)
    return { item, base, next: base === undefined ? undefined : merged(item, base, mode) }
  })
  // Rules of one collection may name fields of another, so all of them are compared as they will be.
  const future = stored.map((one) => pairs.find(({ base }) => base === one)?.next ?? one)
  const found = pairs.flatMap(({ item, base, next }): Difference[] => {
    if (base === undefined || next === undefined) return [addition(item)]
    const changes = changesBetween(base, next, future).map((change) => keyed(base.name, change))
    if (changes.length === 0) return []
    return [{ name: next.name, kind: 'changed', stored: base.name, changes }]
  })
  if (mode === 'merge') return found
  const named = new Set(pairs.map(({ base }) => base))
  return [...stored.filter((one) => !one.system && !named.has(one)).map(removal), ...found]
}

function storedFor(
  { id, name }: DocumentItem,
  stored: readonly Definition[],
): Definition | undefined {
  const wanted = String(id ?? name).toLowerCase()
  return (
    stored.find((one) => one.id === id) ??
    stored.find((one) => one.name.toLowerCase() === wanted) ??
    (id === undefined ? undefined : stored.find((one) => one.name === name))
  )
}

function keyed(collection: string, change: Change): Change {
  return { ...change, key: `${collection} ${change.key}` }
}

function addition(item: DocumentItem): Difference {
  const name = String(item['name'])
  const count = Array.isArray(item['fields']) ? item['fields'].length : 0
  const text = t.definitions.adds({ name, count })
  return { name, kind: 'added', changes: [{ key: `${name} add`, text, needsConsent: false }] }
}

function removal({ name, type }: Definition): Difference {
  const isView = type === 'view'
  const text = isView ? t.definitions.removesView({ name }) : t.definitions.removes({ name })
  const change = { key: `${name} remove`, text, needsConsent: true }
  return { name, kind: 'removed', changes: [change], ...(isView ? {} : { stored: name }) }
}

/** The definition that the server stores for an item: parts that it leaves out stay. */
function merged(item: DocumentItem, base: Definition, mode: ImportMode): Definition {
  const parts = Object.entries(item).filter(
    ([key]) => key !== 'fields' && key !== 'created' && key !== 'updated',
  )
  const next = {
    ...base,
    ...Object.fromEntries(parts.map(([key, part]) => [key, over(base[key], part)])),
  }
  const sent = Array.isArray(item['fields']) ? (item['fields'] as FieldDefinition[]) : undefined
  if (sent === undefined && mode === 'merge') return { ...next, id: base.id }
  return { ...next, id: base.id, fields: mergedFields(sent ?? [], base.fields, mode) }
}

function mergedFields(
  sent: readonly FieldDefinition[],
  stored: readonly FieldDefinition[],
  mode: ImportMode,
): readonly FieldDefinition[] {
  const fields = sent.map((field) => {
    const own =
      stored.find(({ id }) => id === field.id) ??
      stored.find(({ name, type }) => name === field.name && type === field.type)
    return own === undefined ? field : { ...own, ...field, id: own.id }
  })
  const kept = stored.filter(
    (field) => (field.system || mode === 'merge') && !fields.some(({ id }) => id === field.id),
  )
  return [...fields, ...kept]
}

/** An object of options keeps the keys that are not sent. */
function over(stored: unknown, sent: unknown): unknown {
  if (!isPlain(stored) || !isPlain(sent)) return sent
  const parts = Object.entries(sent).map(([key, part]) => [key, over(stored[key], part)] as const)
  return { ...stored, ...Object.fromEntries(parts) }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
