/*
 * Compiles definitions. Everything requests need of a collection is derived from its definition
 * once per revision: its fields' behaviour, its parsed rules, its unique indexes, and the relations
 * that refer to it. Compilation never fails: definitions were validated when they were saved, and a
 * rule that has become invalid since rejects the requests it guards.
 */

import { PlanCache } from '#database/plan-cache.ts'
import { compileField } from '#fields/registry.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import type { Collection, CollectionSet, Reference } from '#catalog/collection.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex, singleUniqueColumn } from '#catalog/indexes.ts'
import { compileRules } from './rules.ts'

/** Compiles all definitions of one revision together, because relations connect them. */
export function compileCollections(
  definitions: readonly CollectionDefinition[],
  enrichOf?: EnrichOf,
): CollectionSet {
  const all = definitions.map((definition) => compileCollection(definition, enrichOf))
  const byName = new Map(all.map((collection) => [collection.name.toLowerCase(), collection]))
  const byId = new Map(all.map((collection) => [collection.id, collection]))
  for (const [id, collection] of byId) {
    const named = byName.get(id.toLowerCase())
    if (named !== undefined && all.indexOf(named) < all.indexOf(collection)) byId.delete(id)
  }
  const references = new Map<string, Reference[]>(all.map(({ id }) => [id, []]))

  // The order in which references are processed: by collection name, then by field.
  for (const collection of all.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (collection.type === 'view') continue
    for (const field of collection.fields) {
      references.get(field.relatedCollectionId ?? '')?.push({ collection, field })
    }
  }

  for (const collection of all) {
    collection.references.push(...(references.get(collection.id) ?? []))
  }
  return {
    all,
    find: (idOrName) => byId.get(idOrName) ?? byName.get(idOrName.toLowerCase()),
    isEnriched: all.some(({ enrich }) => enrich !== undefined),
    plans: new PlanCache(),
  }
}

/** A collection without its references, which are collected later. */
type Compiling = Omit<Collection, 'references'> & { readonly references: Reference[] }

function compileCollection(definition: CollectionDefinition, enrichOf?: EnrichOf): Compiling {
  const fields = definition.fields.map(compileField)
  const byName = new Map(fields.map((field) => [field.name, field]))
  const uniques = uniqueColumns(definition.indexes)
  const indexed = indexedColumns(definition.indexes)
  return {
    definition,
    id: definition.id,
    name: definition.name,
    type: definition.type,
    listRule: definition.listRule,
    fields,
    rules: compileRules(definition),
    auth: definition.type === 'auth' ? definition.options : undefined,
    references: [],
    enrich: enrichOf?.(definition),
    field: (name) => byName.get(name),
    isUnique: (name) => uniques.has(name.toLowerCase()),
    isIndexed: (name) => indexed.has(name.toLowerCase()),
    isUniqueIgnoringCase: (name) => uniques.get(name.toLowerCase()) === 'nocase',
  }
}

/** The columns of indexes on all rows, in lower case. */
function indexedColumns(indexes: readonly string[]): ReadonlySet<string> {
  const columns = indexes
    .map(parseIndex)
    .map((index) => (index?.where === '' ? index.columns[0] : undefined))
  const plain = columns.filter((column) => column?.isExpression === false && column.collate === '')
  return new Set(['id', ...plain.map((column) => column?.name.toLowerCase() ?? '')])
}

/** The columns with a single-column UNIQUE index, in lower case, and whether it ignores case. */
function uniqueColumns(indexes: readonly string[]): ReadonlyMap<string, 'binary' | 'nocase'> {
  const columns = new Map<string, 'binary' | 'nocase'>()
  for (const index of indexes.map(parseIndex)) {
    const column = index && singleUniqueColumn(index)
    if (column === undefined) continue
    const collation = column.collate?.toLowerCase() === 'nocase' ? 'nocase' : 'binary'
    columns.set(column.name.toLowerCase(), collation)
  }
  return columns
}
