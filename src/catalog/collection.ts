import type { Field } from '#fields/field-type.ts'
import type { FilterCatalog, FilterCollection } from '#filter/schema.ts'
import type { Rules } from '#catalog/compile/rules.ts'
import type { AuthOptions, CollectionDefinition } from './definition.ts'

/** A definition, compiled: everything a request needs of a collection, in memory. Immutable. */
export interface Collection extends FilterCollection {
  readonly definition: CollectionDefinition
  /** In the order of the definition. */
  readonly fields: readonly Field[]
  readonly rules: Rules
  field(name: string): Field | undefined
  /** The options of an auth collection; undefined for the others. */
  readonly auth: AuthOptions | undefined
  /** Relation fields of other collections (and its own) that lead here; views are left out. */
  readonly references: readonly Reference[]
  /** True when the single-column UNIQUE index over a field ignores case. */
  isUniqueIgnoringCase(fieldName: string): boolean
}

/** A relation field that leads to a collection. */
export interface Reference {
  readonly collection: Collection
  readonly field: Field
}

/** All collections of one revision. */
export interface CollectionSet extends FilterCatalog {
  readonly all: readonly Collection[]
  /** Where one collection's id is another's name, the older one is found. */
  find(idOrName: string): Collection | undefined
}
