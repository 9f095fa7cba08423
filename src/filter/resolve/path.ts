import { sql } from 'drizzle-orm'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { Hop } from '#filter/sql/joins.ts'
import { referringRecords, relatedRecord, valuesOf } from '#filter/sql/joins.ts'
import { extract, jsonPath, lengthOf } from '#filter/sql/json.ts'
import type { FilterCatalog, FilterCollection, FilterField } from '#filter/schema.ts'
import type { Term } from '#filter/sql/term.ts'
import { column, term } from '#filter/sql/term.ts'

/** A field of a collection. */
export interface FieldPlace {
  readonly collection: FilterCollection
  readonly field: string
}

/** The target of a path: the hops from its start, and what to read from the rows at its end. */
export interface Route {
  readonly hops: readonly Hop[]
  readonly isExact: boolean
  /** True if it ends at the email of an auth record. */
  readonly isEmail: boolean
  /** The field it ends at. */
  readonly reads: FieldPlace | undefined
  value(alias: string): Term
}

/** The start of a path, and its access. */
export interface Start {
  readonly catalog: FilterCatalog
  readonly collection: FilterCollection
  /** The hops to the collection's records. */
  readonly hops: readonly Hop[]
  /** True if nothing can refer to the records, because they are not stored yet. */
  readonly isVirtual: boolean
  readonly allowsHidden: boolean
}

/** A path that does not exist. After `@request.` it is NULL. */
export class Missing {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** The suffix of a path's last segment. */
export type Modifier = 'isset' | 'changed' | 'length' | 'each' | 'lower'

const modifiers: readonly string[] = [
  'isset',
  'changed',
  'length',
  'each',
  'lower',
] satisfies Modifier[]

const maxHops = 6

/** Splits a segment into its name and modifier. A second colon is part of the name. */
export function splitModifier(
  segment: string,
): { readonly name: string; readonly modifier?: Modifier } | string {
  const [name = '', modifier, ...more] = segment.split(':')
  if (modifier === undefined || more.length > 0) return { name: segment }
  if (!modifiers.includes(modifier)) return `Unknown modifier in ${JSON.stringify(segment)}.`
  return { name, modifier: modifier as Modifier } // It was found in the list of modifiers.
}

/**
 * Follows a path of fields through relations, back-relations and JSON, without joining anything
 * yet.
 */
export function follow(
  start: Start,
  segments: readonly string[],
  position: number,
): Route | Missing | FilterError {
  let { collection, isVirtual } = start
  const hops = [...start.hops]

  for (const [index, segment] of segments.slice(0, -1).entries()) {
    const rest = segments.slice(index + 1)
    const field = collection.field(segment)
    if (field?.hidden === true && !start.allowsHidden) return hiddenField(segment, position)
    if (field !== undefined && field.jsonAccess !== 'none') {
      return inJson(collection, field, rest, hops, position)
    }
    if (index >= maxHops) return new FilterError('Too many relations in a path.', position)

    if (field === undefined) {
      const back = backRelation(start, collection, segment, isVirtual, position)
      if (back instanceof Missing || back instanceof FilterError) return back
      hops.push(back.hop)
      collection = back.collection
    } else {
      const related = relatedCollection(start.catalog, field, position)
      if (related instanceof FilterError) return related
      // The field itself holds the id of the record.
      if (!field.isMultiple && rest.length === 1 && rest[0] === 'id') {
        return lastSegment(start, collection, segment, hops, position)
      }
      if (field.isMultiple) hops.push(valuesOf(field), relatedRecord('value', related))
      else hops.push(relatedRecord(field.name, related))
      collection = related
    }
    isVirtual = false
  }
  return lastSegment(start, collection, segments.at(-1) ?? '', hops, position)
}

function relatedCollection(
  catalog: FilterCatalog,
  field: FilterField,
  position: number,
): FilterCollection | FilterError {
  if (field.relatedCollectionId === undefined) {
    return new FilterError(`The field ${JSON.stringify(field.name)} is no relation.`, position)
  }
  const related = catalog.find(field.relatedCollectionId)
  return (
    related ??
    new FilterError(`The collection of ${JSON.stringify(field.name)} is missing.`, position)
  )
}

function backRelation(
  start: Start,
  collection: FilterCollection,
  segment: string,
  isVirtual: boolean,
  position: number,
): { readonly hop: Hop; readonly collection: FilterCollection } | Missing | FilterError {
  const missing = new Missing(`Unknown field ${JSON.stringify(segment)}.`)
  const [, name, fieldName] = /^(\w+)_via_(\w+)$/.exec(segment) ?? []
  if (name === undefined || fieldName === undefined) return missing

  const referring = start.catalog.find(name)
  const field = referring?.field(fieldName)
  if (referring === undefined || field?.relatedCollectionId === undefined) return missing
  if (field.hidden && !start.allowsHidden) return hiddenField(fieldName, position)
  if (field.relatedCollectionId !== collection.id || isVirtual) return missing
  return { hop: referringRecords(referring, field), collection: referring }
}

function inJson(
  collection: FilterCollection,
  field: FilterField,
  rest: readonly string[],
  hops: readonly Hop[],
  position: number,
): Route | FilterError {
  const path = jsonPath(rest)
  if (path === undefined) return new FilterError('Invalid path into JSON.', position)
  return {
    hops,
    isExact: true,
    isEmail: false,
    reads: { collection, field: field.name },
    value: (alias) => extract(fieldOf(alias, field), path),
  }
}

function lastSegment(
  start: Start,
  collection: FilterCollection,
  segment: string,
  hops: readonly Hop[],
  position: number,
): Route | Missing | FilterError {
  const split = splitModifier(segment)
  if (typeof split === 'string') return new FilterError(split, position)
  const { name, modifier } = split
  const field = collection.field(name)
  if (field === undefined) return new Missing(`Unknown field ${JSON.stringify(name)}.`)
  if (field.hidden && !start.allowsHidden) return hiddenField(name, position)

  const route = { hops, isExact: false, isEmail: false, reads: { collection, field: name } }
  if (modifier === 'length' && field.isMultiValuer) {
    return { ...route, value: (alias) => lengthOf(fieldOf(alias, field)) }
  }
  if (modifier === 'each' && field.isMultiValuer) {
    return { ...route, hops: [...hops, valuesOf(field)], value: (alias) => at(alias, 'value') }
  }

  const isDocument = field.jsonAccess === 'document'
  const value = (alias: string): Term =>
    isDocument ? extract(fieldOf(alias, field), '') : fieldOf(alias, field)
  return {
    hops,
    isExact: isDocument,
    isEmail: collection.type === 'auth' && name === 'email',
    reads: route.reads,
    value: modifier === 'lower' ? (alias) => lower(value(alias)) : value,
  }
}

function hiddenField(name: string, position: number): FilterError {
  return new FilterError(`The field ${JSON.stringify(name)} cannot be used.`, position)
}

function fieldOf(alias: string, field: FilterField): Term {
  return at(alias, field.name)
}

function at(alias: string, name: string): Term {
  return { sql: column(alias, name), depth: 2 }
}

function lower(value: Term): Term {
  return term(sql`lower(${value.sql})`, 1, value)
}
