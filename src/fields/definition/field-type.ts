/*
 * The contract of a field type. Each type is one module that declares all its behaviour; no other
 * code checks the type of a field.
 *
 * The path of a value: input -> normalise -> (modifiers) -> validate -> toColumn -> the column ->
 * fromColumn -> JSON. On update a value may be unknown until the batch runs, because it is the
 * stored one or a change of it. Then it is an SQL expression, and database checks replace the
 * validation in JavaScript.
 */
import type { ColumnSchema } from './column-schema.ts'
import type { FieldShape, ShapeUse } from './field-shape.ts'
import type { SQL } from 'drizzle-orm'
import type * as z from 'zod'
import type { FieldIssue, Issues } from '#kernel/errors.ts'

/** A field as `_collections` stores it: common and type-specific options in one object. */
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

/** A column value as D1 binds and returns it. */
export type ColumnValue = string | number | null

/**
 * A value that is known here, or an SQL expression of it (the stored value, or a change of it).
 *
 * Pass on the result of a modifier unchanged: the object may carry more than these shapes declare.
 */
export type FieldValue = { readonly known: unknown } | { readonly sql: SQL }

/** Changes a value by the operand of a modifier key (`n+`, `+tags`, `file-`). */
export type Modifier = (current: FieldValue, operand: unknown) => FieldValue

/** The body key of a modifier, where `key` stands for the field's name. */
export type ModifierKey = 'key+' | 'key-' | '+key' | 'key:autogenerate'

/** A condition under which the database rejects a write, and the resulting issue. */
export interface DatabaseCheck {
  /** True if the value is rejected; NULL counts as false. */
  readonly violated: SQL
  readonly issue: FieldIssue | IssueAbout
}

/** An issue with a string that only the database knows. */
export interface IssueAbout {
  /** The string. Queried only if the check is violated. */
  readonly subject: SQL
  issueOf(subject: string): FieldIssue
}

/** A file uploaded with a write, under the name it will be stored with. */
export interface UploadedFile {
  readonly name: string
  /** The client's name for it. */
  readonly originalName: string
  readonly sizeBytes: number
  /** Detected from its content. */
  readonly contentType: string
}

/** The context of database checks. */
export interface CheckContext {
  readonly isNew: boolean
  /** The record's id as submitted or stored; undefined for a new record without one. */
  readonly recordId: string | undefined
  /** The stored value of this field on update; undefined on create. */
  readonly stored: SQL | undefined
  /** The files uploaded for this field. */
  readonly uploaded: readonly UploadedFile[]
  /** The table of the field's own collection. */
  readonly table: string
  /** The table of a collection, by id; undefined if it does not exist. */
  tableOf(collectionId: string): string | undefined
}

/** The context of the validation of a known value. */
export interface ValidationContext {
  readonly isNew: boolean
  readonly recordId: string | undefined
}

/** A compiled field of one collection: its type's behaviour with its options filled in. */
export interface Field {
  readonly definition: FieldDefinition
  readonly name: string
  readonly hidden: boolean
  readonly column: ColumnSchema
  /** The normalised value of an unset field. */
  readonly zero: unknown

  /** The JSON Schema of the field's values. */
  shape(use: ShapeUse): FieldShape

  // For filters.
  /** True if the column holds a JSON array. */
  readonly isMultiple: boolean
  /**
   * True if the type knows `:each` and `:length` (select, file, relation), even for a single value.
   */
  readonly isMultiValuer: boolean
  readonly isNumber: boolean
  /**
   * `document`: any JSON, compared by extraction; `members`: a string with paths into it; else
   * none.
   */
  readonly jsonAccess: 'document' | 'members' | 'none'
  /** The id of a relation's collection. */
  readonly relatedCollectionId: string | undefined
  /** Deletes the referring record when its last related record is deleted. */
  readonly cascadeDelete: boolean

  // For writes.
  /** False if only the server sets the value. */
  readonly acceptsInput: boolean
  /** True if a record without a value is rejected. */
  readonly isRequired: boolean
  /** True if the password hash of the submitted value is stored. */
  readonly isHashed: boolean
  /** The minimum number of characters of a password; 0 for other fields. */
  readonly minLength: number
  /** Accepts uploaded files. */
  readonly isFile: boolean
  /** True if only callers who may view the record can read its files. */
  readonly isProtected: boolean
  /** The sizes of thumbnails that can be requested, such as `100x100`. */
  readonly thumbs: readonly string[]
  /** The names of files in a value: all of a known one, otherwise the added ones. */
  namedFiles(value: FieldValue): readonly string[]
  /** A query for the file names in a column, or in an expression of its form, as `value`. */
  storedFiles(list: SQL): SQL
  /** Bytes this field adds to the limit of a request's body. */
  readonly bodyBytes: number
  readonly modifiers: Readonly<Partial<Record<ModifierKey, Modifier>>>
  /**
   * Casts any input to a value of the field. Invalid input becomes the zero value. Never throws.
   */
  normalise(input: unknown): unknown
  /**
   * The value that the server sets when a record is written; undefined leaves the value unchanged.
   */
  fill(event: 'create' | 'update', value: FieldValue, now: Date): unknown
  /** The first issue of a known, normalised value that can be found without the database. */
  validate(value: unknown, context: ValidationContext): FieldIssue | undefined
  /**
   * The database checks of a value, in order of precedence. Patterns and address formats of a
   * stored value are not checked again: they were checked when it was written.
   */
  checks(value: FieldValue, context: CheckContext): readonly DatabaseCheck[]
  toColumn(value: unknown): ColumnValue
  /** Converts a column to its JSON value. Accepts anything a database may hold. */
  fromColumn(stored: unknown): unknown
}

/** The context of the validation of a field's options. */
export interface SettingsContext {
  readonly collectionType: string
  readonly collectionId: string
  /** The stored field with the same id, if there is one. */
  readonly previous: FieldDefinition | undefined
  /** All fields of the new definition. */
  readonly siblings: readonly FieldDefinition[]
  collection(id: string): { readonly id: string; readonly type: string } | undefined
}

/** One of PocketBase's field types. */
export interface FieldType {
  readonly type: string
  /**
   * Decodes the options of this type. Missing or null ones become zero values, and other JSON types
   * are rejected. Includes `help` and `required` for the types that have them.
   */
  options(): z.ZodType<Record<string, unknown>>
  /**
   * The issues of a definition's type-specific options, by name, and of common options of a primary
   * key.
   */
  validateOptions(definition: FieldDefinition, context: SettingsContext): Issues
  /** Compiles a stored definition, which is known to be valid. */
  compile(definition: FieldDefinition): Field
}
