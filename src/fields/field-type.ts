/*
 * The contract of a field type. A type is one module that declares everything the rest of the code
 * may want to know about its fields; nothing elsewhere asks which type a field has.
 *
 * A value travels: input -> normalise -> (modifiers) -> validate -> toColumn -> the column
 * -> fromColumn -> JSON. On update a value may not be known before the batch runs, because it is
 * the stored one or a change of it; then it is an SQL expression, and what JavaScript would have
 * validated is said to the database as checks.
 */
import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { FieldIssue, Issues } from '#kernel/errors.ts'

/** A field as `_collections` stores it: the common options and those of its type, in one object. */
export interface FieldDefinition {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly system: boolean
  readonly hidden: boolean
  readonly presentable: boolean
  readonly help?: string
  readonly required?: boolean
  readonly [option: string]: unknown
}

/** What a column holds, as D1 binds and returns it. */
export type ColumnValue = string | number | null

/**
 * A value that is known here, or an SQL expression of it (the stored value, or a change of it).
 *
 * What a modifier gave is to be passed on as it is: it may know more of itself than these shapes say.
 */
export type FieldValue = { readonly known: unknown } | { readonly sql: SQL }

/** Changes a value by what a modifier key (`n+`, `+tags`, `file-`) was submitted with. */
export type Modifier = (current: FieldValue, operand: unknown) => FieldValue

/** The body key of a modifier, with `key` for the field's name. */
export type ModifierKey = 'key+' | 'key-' | '+key' | 'key:autogenerate'

/** A condition that makes the database refuse a write, and what the caller is then told. */
export interface DatabaseCheck {
  /** True when the value is refused; NULL counts as false. */
  readonly violated: SQL
  readonly issue: FieldIssue | IssueAbout
}

/** An issue about a text that only the database knows. */
export interface IssueAbout {
  /** The text; asked only where the check is violated. */
  readonly subject: SQL
  issueOf(subject: string): FieldIssue
}

/** A file that is sent with a write, under the name it is to be stored by. */
export interface UploadedFile {
  readonly name: string
  /** What the client calls it. */
  readonly originalName: string
  readonly sizeBytes: number
  /** By its content. */
  readonly contentType: string
}

/** What a check may refer to. */
export interface CheckContext {
  readonly isNew: boolean
  /** The record's id as submitted or stored; undefined while a new record has none. */
  readonly recordId: string | undefined
  /** The stored value of this field on update; undefined on create. */
  readonly stored: SQL | undefined
  /** The files that are sent for this field. */
  readonly uploaded: readonly UploadedFile[]
  /** The table of the field's own collection. */
  readonly table: string
  /** The table of a collection, by its id; undefined when there is none. */
  tableOf(collectionId: string): string | undefined
}

/** What validation of a known value may look at. */
export interface ValidationContext {
  readonly isNew: boolean
  readonly recordId: string | undefined
}

/** A compiled field of one collection: its type's behaviour with its options filled in. */
export interface Field {
  readonly definition: FieldDefinition
  readonly name: string
  readonly hidden: boolean
  /** The definition of its column in DDL, without the name: `TEXT DEFAULT '' NOT NULL`. */
  readonly ddl: string
  /** The normalised value of a field that was never set. */
  readonly zero: unknown

  // What the filter language asks.
  /** Holds a JSON array of values in its column. */
  readonly isMultiple: boolean
  /** Knows `:each` and `:length` (select, file, relation), single ones included. */
  readonly isMultiValuer: boolean
  readonly isNumber: boolean
  /** `document`: any JSON, compared by extraction; `members`: text with paths into it; else none. */
  readonly jsonAccess: 'document' | 'members' | 'none'
  /** The id of the collection a relation leads to. */
  readonly relatedCollectionId: string | undefined
  /** Deletes the referring record with the last record it refers to. */
  readonly cascadeDelete: boolean

  // What writing asks.
  /** False for a value that only the server sets. */
  readonly acceptsInput: boolean
  /** True when what is stored is a password hash of what was submitted. */
  readonly isHashed: boolean
  /** Accepts uploaded files. */
  readonly isFile: boolean
  /** The names of files that a value says by itself: all of a known one, else those that are added. */
  namedFiles(value: FieldValue): readonly string[]
  /** A query for the names of files in a column, or an expression of its form, as `value`. */
  storedFiles(list: SQL): SQL
  /** Bytes this field may add to a request's body, over the common limit. */
  readonly bodyBytes: number
  readonly modifiers: Readonly<Partial<Record<ModifierKey, Modifier>>>
  /** Casts any input to a value of the field; bad input becomes the zero value. Never throws. */
  normalise(input: unknown): unknown
  /** What the server sets by itself when a record is written; undefined leaves the value alone. */
  fill(event: 'create' | 'update', value: FieldValue, now: Date): unknown
  /** The first fault of a known, normalised value that can be seen without the database. */
  validate(value: unknown, context: ValidationContext): FieldIssue | undefined
  /**
   * What the database must check of a value, first fault first. Of a stored value it cannot check
   * everything: patterns, and the formats of addresses, were checked when it was written.
   */
  checks(value: FieldValue, context: CheckContext): readonly DatabaseCheck[]
  toColumn(value: unknown): ColumnValue
  /** The JSON value of what the column returned; tolerant of anything a database may hold. */
  fromColumn(stored: unknown): unknown
}

/** What the validation of a field's own options may look at. */
export interface SettingsContext {
  readonly collectionType: string
  readonly collectionId: string
  /** The stored field with the same id, if the definition changes one. */
  readonly previous: FieldDefinition | undefined
  /** All fields of the new definition. */
  readonly siblings: readonly FieldDefinition[]
  collection(id: string): { readonly id: string; readonly type: string } | undefined
}

/** One of the field types of PocketBase. */
export interface FieldType {
  readonly type: string
  /**
   * Decodes the options of this type, zero values for what is missing or null; other JSON types are
   * refused. `help` and `required` are among them, for all types that have them.
   */
  readonly options: z.ZodType<Record<string, unknown>>
  /** The faults of a definition's own options, by option name; of common ones, what a primary key asks. */
  validateOptions(definition: FieldDefinition, context: SettingsContext): Issues
  /** The faults are not checked again: a stored definition is valid. */
  compile(definition: FieldDefinition): Field
}
