/*
 * The first of two phases: what the code that still runs can live with. A push in two phases adds
 * first, and removes and closes once no older code is left.
 */
import type { CollectionDefinition } from '#catalog/definition.ts'
import { recordRules } from '#filter/syntax/rule-names.ts'
import { type IndexColumn, parseIndex } from '#catalog/indexes.ts'
import { accessChange } from '#collections/history/definition-changes.ts'
import { fieldById } from '#collections/validate/definition-check.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'

/** A definition with the additions of the next one, and everything that it would take away. */
export function expanded<D extends CollectionDefinition>(previous: D, next: D): D {
  const dropped = previous.fields.filter(({ id }) => fieldById(next.fields, id) === undefined)
  const fields = next.fields.map((field) => {
    const before = fieldById(previous.fields, field.id)
    return before === undefined ? field : expandedField(before, field)
  })
  const rules = Object.fromEntries(
    recordRules.map((rule) => [rule, expandedRule(previous[rule], next[rule])]),
  )
  const definition = {
    ...next,
    ...rules,
    fields: [...fields, ...dropped],
    indexes: expandedIndexes(previous, next),
    ...(previous.type === 'auth' && next.type === 'auth'
      ? {
          options: {
            ...next.options,
            authRule: expandedRule(previous.options.authRule, next.options.authRule),
            manageRule: expandedRule(previous.options.manageRule, next.options.manageRule),
          },
        }
      : {}),
  }
  return withOwnSessions(definition, previous)
}

/** Code that leaves the auth rule as it is does not end sessions. */
export function withOwnSessions<D extends CollectionDefinition>(merged: D, previous: D): D {
  if (merged.type !== 'auth' || previous.type !== 'auth') return merged
  if (merged.options.authRule !== previous.options.authRule) return merged
  const { secret } = previous.options.authToken
  return {
    ...merged,
    options: { ...merged.options, authToken: { ...merged.options.authToken, secret } },
  }
}

function expandedRule(previous: string | null, next: string | null): string | null {
  return previous !== next && accessChange(previous, next) === 'closes' ? previous : next
}

/** A field with its new name and options, except for options that would refuse or hide more. */
function expandedField(previous: FieldDefinition, next: FieldDefinition): FieldDefinition {
  const kept = Object.keys(next).filter((option) =>
    isStricter(option, previous[option], next[option]),
  )
  return { ...next, ...Object.fromEntries(kept.map((option) => [option, previous[option]])) }
}

/** True if the new value of an option refuses more values, or hides them. */
export function isStricter(option: string, from: unknown, to: unknown): boolean {
  const change = strictness.get(option)
  return change !== undefined && JSON.stringify(from) !== JSON.stringify(to) && change(from, to)
}

type Comparison = (from: unknown, to: unknown) => boolean

const turnedOn: Comparison = (_, to) => to === true
/** Zero, `null` and `''` stand for no limit. */
const lower: Comparison = (from, to) => isLimit(to) && (!isLimit(from) || to < from)
const higher: Comparison = (from, to) => isLimit(to) && (!isLimit(from) || to > from)
/** An empty list allows everything. */
const narrower: Comparison = (from, to) =>
  listOf(to).length > 0 &&
  (listOf(from).length === 0 || listOf(from).some((value) => !listOf(to).includes(value)))
const wider: Comparison = (from, to) => listOf(to).some((value) => !listOf(from).includes(value))

function isLimit(value: unknown): value is number | string {
  return typeof value === 'number' ? value !== 0 : typeof value === 'string' && value !== ''
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const strictness: ReadonlyMap<string, Comparison> = new Map([
  ['required', turnedOn],
  ['onlyInt', turnedOn],
  ['hidden', turnedOn],
  ['protected', turnedOn],
  ['max', lower],
  ['maxSize', lower],
  ['maxSelect', lower],
  ['min', higher],
  ['minSelect', higher],
  ['pattern', (_: unknown, to: unknown) => to !== ''],
  ['values', narrower],
  ['mimeTypes', narrower],
  ['onlyDomains', narrower],
  ['exceptDomains', wider],
])

/** The next indexes without new unique ones, and the previous ones on columns that are still there. */
function expandedIndexes(previous: CollectionDefinition, next: CollectionDefinition): string[] {
  const nameOf = (text: string) => parseIndex(text)?.name.toLowerCase() ?? text
  const stored = new Set(previous.indexes.map(nameOf))
  const added = next.indexes.filter(
    (text) => stored.has(nameOf(text)) || parseIndex(text)?.unique !== true,
  )
  const named = new Set(added.map(nameOf))
  const renamed = previous.fields.flatMap(({ id, name }) => {
    const after = fieldById(next.fields, id)
    return after === undefined || after.name === name ? [] : [name.toLowerCase()]
  })
  const reads = ({ name, isExpression }: IndexColumn) =>
    renamed.some((column) =>
      isExpression ? name.toLowerCase().includes(column) : name.toLowerCase() === column,
    )
  const kept = previous.indexes.filter((text) => {
    const index = parseIndex(text)
    return !named.has(nameOf(text)) && !index?.columns.some(reads)
  })
  return [...added, ...kept]
}
