/*
 * What the filter language knows of the world: collections with fields, and the request a rule may
 * ask about. Compiled collections satisfy these shapes; the language imports nothing of them.
 */
import type { SQL } from 'drizzle-orm'

/** A field, as far as filters can tell fields apart. */
export interface FilterField {
  readonly name: string
  readonly hidden: boolean
  /** Holds a JSON array of values in its column. */
  readonly isMultiple: boolean
  /** Knows `:each` and `:length` (select, file, relation), single ones included. */
  readonly isMultiValuer: boolean
  readonly isNumber: boolean
  /** `document`: any JSON, compared by extraction; `members`: text with paths into it; else none. */
  readonly jsonAccess: 'document' | 'members' | 'none'
  readonly relatedCollectionId: string | undefined
}

/** A collection, as far as filters can reach it. Its table carries its name. */
export interface FilterCollection {
  readonly id: string
  readonly name: string
  readonly type: 'base' | 'auth' | 'view'
  readonly listRule: string | null
  /** A field by its exact name. */
  field(name: string): FilterField | undefined
  /** Whether a single-column UNIQUE index covers the field. */
  isUnique(fieldName: string): boolean
  /** Whether an index finds the records by the field alone. */
  isIndexed(fieldName: string): boolean
}

/** Every collection, by exact id or by name ignoring case. */
export interface FilterCatalog {
  find(idOrName: string): FilterCollection | undefined
}

/** A submitted value: known, or an SQL expression when it depends on the stored record. */
export type BodyValue = { readonly known: unknown } | { readonly sql: SQL }

/** What `@request.*` answers with. */
export interface RequestInfo {
  readonly context: string
  readonly method: string
  /** First value of each parameter. */
  readonly query: Readonly<Record<string, string>>
  /** First value of each header; names in lower case with `_` for `-`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, BodyValue>>
  /**
   * The signed-in record; undefined for guests. Everything but its id is read from its table. The id
   * is an expression where one statement asks for many records at once.
   */
  readonly auth: { readonly id: string | SQL; readonly collection: FilterCollection } | undefined
}
