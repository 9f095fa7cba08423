/*
 * The types the filter language depends on: collections with fields, and the request that rules
 * refer to. Compiled collections satisfy them, so this folder does not import their modules.
 */
import type { SQL } from 'drizzle-orm'
import type { OpenValues } from './request-values.ts'

/** A field, as the filter language sees it. */
export interface FilterField {
  readonly name: string
  readonly hidden: boolean
  /** True if the column holds a JSON array. */
  readonly isMultiple: boolean
  /** True if it knows `:each` and `:length` (select, file, relation), even for a single value. */
  readonly isMultiValuer: boolean
  readonly isNumber: boolean
  /**
   * `document`: any JSON, compared by extraction; `members`: a string with paths into it; else
   * none.
   */
  readonly jsonAccess: 'document' | 'members' | 'none'
  readonly relatedCollectionId: string | undefined
}

/** A collection, as the filter language sees it. Its table has its name. */
export interface FilterCollection {
  readonly id: string
  readonly name: string
  readonly type: 'base' | 'auth' | 'view'
  readonly listRule: string | null
  /** A field by its exact name. */
  field(name: string): FilterField | undefined
  /** True if a single-column UNIQUE index covers the field. */
  isUnique(fieldName: string): boolean
  /** True if an index finds the records by this field alone. */
  isIndexed(fieldName: string): boolean
}

/** Finds a collection by its exact id, or by its name ignoring case. */
export interface FilterCatalog {
  find(idOrName: string): FilterCollection | undefined
}

/** A submitted value: known, or an SQL expression when it depends on the stored record. */
export type BodyValue = { readonly known: unknown } | { readonly sql: SQL }

/** The session of a request, as rules see it. Times are Unix seconds. */
export interface SessionValues {
  readonly id: string
  readonly kind: 'session' | 'impersonation'
  readonly level: 0 | 1 | 2
  /** The newest proof of identity; undefined if it is unknown. */
  readonly authTime: number | undefined
  /** The newest second factor; undefined if there was none. */
  readonly mfaTime: number | undefined
  readonly methods: readonly string[]
}

/** The values of `@request.*`. */
export interface RequestInfo {
  readonly context: string
  readonly method: string
  /** The first value of each parameter. */
  readonly query: Readonly<Record<string, string>>
  /** The first value of each header; names in lower case with `_` for `-`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, BodyValue>>
  /**
   * The signed-in record; undefined for guests. Everything except its id is read from its table.
   * The id is an expression if one statement checks many records at once.
   */
  readonly auth: { readonly id: string | SQL; readonly collection: FilterCollection } | undefined
  /** The caller's session; undefined for guests, and where it is not known. */
  readonly session?: SessionValues | undefined
  /** Superusers pass every rule and see hidden fields. */
  readonly isSuperuser: boolean
  /** Set while a plan is compiled for many requests. */
  readonly open?: OpenValues
}
