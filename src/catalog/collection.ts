import type { PlanCache } from '#database/plan-cache.ts'
import type { Field } from '#fields/definition/field-type.ts'
import type { FilterCatalog, FilterCollection } from '#filter/schema.ts'
import type { Enrich } from '#platform/enrich.ts'
import type { Rules } from '#catalog/compile/rules.ts'
import type { AuthOptions, CollectionDefinition } from './definition.ts'

/** A compiled definition: everything a request needs of a collection, in memory. Immutable. */
export interface Collection extends FilterCollection {
  readonly definition: CollectionDefinition
  /** In the order of the definition. */
  readonly fields: readonly Field[]
  readonly rules: Rules
  field(name: string): Field | undefined
  /** The options of an auth collection; undefined for other types. */
  readonly auth: AuthOptions | undefined
  /**
   * Relation fields of collections (including this one) that refer to this collection, without
   * views.
   */
  readonly references: readonly Reference[]
  /** True if the single-column UNIQUE index on a field ignores case. */
  isUniqueIgnoringCase(fieldName: string): boolean
  /** Changes each record before it is shown; undefined without an application that does. */
  readonly enrich: Enrich | undefined
}

/** A relation field that refers to a collection. */
export interface Reference {
  readonly collection: Collection
  readonly field: Field
}

/** All collections of one revision. */
export interface CollectionSet extends FilterCatalog {
  readonly all: readonly Collection[]
  /** If an id equals another collection's name, the older one is found. */
  find(idOrName: string): Collection | undefined
  /** True if an application changes records before they are shown. */
  readonly isEnriched: boolean
  /** The plans compiled for them. */
  readonly plans: PlanCache
}
