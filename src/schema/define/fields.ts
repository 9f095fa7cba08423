/*
 * Builders of fields, one for each type. A field is data with a type parameter for its values, which
 * exists only while TypeScript checks.
 */

/** The types of a field's values: as they are read, as they are written, and how. */
export interface FieldTypes {
  readonly read: unknown
  readonly write: unknown
  /** `required` must be written, `optional` may, `never` is set by the server. */
  readonly input: 'required' | 'optional' | 'never'
  /** False for values that are never read, such as passwords. */
  readonly isRead: boolean
  /** The modifiers that an update may have. */
  readonly modifiers: 'none' | 'number' | 'list'
}

/** A field of a collection. */
export interface FieldSpec<Types extends FieldTypes = FieldTypes> {
  readonly type: string
  /** The options as PocketBase spells them. */
  readonly options: Readonly<Record<string, unknown>>
  /** Only a type: it never has a value. */
  readonly types?: Types
}

/** Options of every field. */
export interface FieldOptions {
  /** Rejects records without a value. */
  readonly required?: boolean
  /** Shows the field to superusers only. */
  readonly hidden?: boolean
  /** Shows the field where the dashboard shows a record in short. */
  readonly presentable?: boolean
  /** A text for those who enter a value. */
  readonly help?: string
  /** The id, if it is not the one that the server derives from type and name. */
  readonly id?: string
  /** Keeps the dashboard from renaming and dropping the field. */
  readonly system?: boolean
  /** The former name, so that the values stay. */
  readonly renamedFrom?: string
}

type IsRequired<Options> = Options extends { readonly required: true } ? 'required' : 'optional'

interface Plain<Value, Options, Modifiers extends FieldTypes['modifiers'] = 'none'> {
  readonly read: Value
  readonly write: Value
  readonly input: IsRequired<Options>
  readonly isRead: true
  readonly modifiers: Modifiers
}

/** Options of texts. */
export interface TextOptions extends FieldOptions {
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  /** A pattern that the server makes a value from, if none is sent. */
  readonly autogeneratePattern?: string
  readonly primaryKey?: boolean
}

/** A text. */
export function text<const Options extends TextOptions>(
  options?: Options,
): FieldSpec<Plain<string, Options>> {
  return { type: 'text', options: { ...options } }
}

/** Options of rich text. */
export interface EditorOptions extends FieldOptions {
  /** In bytes. */
  readonly maxSize?: number
  readonly convertURLs?: boolean
}

/** Rich text, as HTML. */
export function editor<const Options extends EditorOptions>(
  options?: Options,
): FieldSpec<Plain<string, Options>> {
  return { type: 'editor', options: { ...options } }
}

/** Options of numbers. */
export interface NumberOptions extends FieldOptions {
  readonly min?: number
  readonly max?: number
  readonly onlyInt?: boolean
}

/** A number. */
export function number<const Options extends NumberOptions>(
  options?: Options,
): FieldSpec<Plain<number, Options, 'number'>> {
  return { type: 'number', options: { ...options } }
}

/** True or false. */
export function bool<const Options extends FieldOptions>(
  options?: Options,
): FieldSpec<Plain<boolean, Options>> {
  return { type: 'bool', options: { ...options } }
}

/** Options of addresses. */
export interface DomainOptions extends FieldOptions {
  readonly onlyDomains?: readonly string[]
  readonly exceptDomains?: readonly string[]
}

/** A mail address. */
export function email<const Options extends DomainOptions>(
  options?: Options,
): FieldSpec<Plain<string, Options>> {
  return { type: 'email', options: { ...options } }
}

/** A URL. */
export function url<const Options extends DomainOptions>(
  options?: Options,
): FieldSpec<Plain<string, Options>> {
  return { type: 'url', options: { ...options } }
}

/** Options of dates. */
export interface DateOptions extends FieldOptions {
  readonly min?: string
  readonly max?: string
}

/** A moment in UTC: `2026-01-31 12:00:00.000Z`, or `''`. */
export function date<const Options extends DateOptions>(
  options?: Options,
): FieldSpec<{
  readonly read: string
  readonly write: string | Date
  readonly input: IsRequired<Options>
  readonly isRead: true
  readonly modifiers: 'none'
}> {
  return { type: 'date', options: { ...options } }
}

/** The moment of a write, which the server sets: the first one, each one, or all but the first. */
export function autodate(
  when: 'create' | 'save' | 'update',
  options?: Omit<FieldOptions, 'required' | 'help'>,
): FieldSpec<{
  readonly read: string
  readonly write: never
  readonly input: 'never'
  readonly isRead: true
  readonly modifiers: 'none'
}> {
  const moments = { onCreate: when !== 'update', onUpdate: when !== 'create' }
  return { type: 'autodate', options: { ...options, ...moments } }
}

/** Options of fields with one or many values. */
export interface ManyOptions extends FieldOptions {
  /** The number of values; 1 by default. */
  readonly max?: number
}

type IsMany<Options> = Options extends { readonly max: infer Max }
  ? Max extends 0 | 1
    ? false
    : true
  : false

interface OneOrMany<One, Options, Write = One> {
  readonly read: IsMany<Options> extends true
    ? One[]
    : Options extends { readonly required: true }
      ? One
      : One | ''
  readonly write: IsMany<Options> extends true ? readonly Write[] : Write | ''
  readonly input: IsRequired<Options>
  readonly isRead: true
  readonly modifiers: IsMany<Options> extends true ? 'list' : 'none'
}

/** One or many of these values. */
export function select<const Values extends readonly string[], const Options extends ManyOptions>(
  values: Values,
  options?: Options,
): FieldSpec<OneOrMany<Values[number], Options>> {
  return { type: 'select', options: { ...counted(options), values: [...values] } }
}

/** Options of files. */
export interface FileOptions extends ManyOptions {
  /** In bytes. */
  readonly maxSize?: number
  readonly mimeTypes?: readonly string[]
  /** Sizes of thumbnails, such as `320x200`. */
  readonly thumbs?: readonly string[]
  /** Asks for a token of a caller who may view the record. */
  readonly protected?: boolean
}

/** The names of one or many files. */
export function file<const Options extends FileOptions>(
  options?: Options,
): FieldSpec<OneOrMany<string, Options, string | Blob>> {
  return { type: 'file', options: counted(options) }
}

/** The part of a collection that a relation needs. */
export interface RelatedCollection {
  toJSON(): { readonly id: string }
}

/** Options of relations. */
export interface RelationOptions extends ManyOptions {
  readonly min?: number
  /** Deletes the record with the last record it refers to. */
  readonly cascadeDelete?: boolean
}

/**
 * The ids of one or many records. Collections that refer to each other name one side by its name:
 * `relation('users')`.
 */
export function relation<const Options extends RelationOptions>(
  target: string | (() => RelatedCollection),
  options?: Options,
): FieldSpec<OneOrMany<string, Options>> {
  const { min, ...rest } = { min: undefined, ...options }
  return {
    type: 'relation',
    options: {
      ...counted(rest),
      ...(min === undefined ? {} : { minSelect: min }),
      collectionId: target,
    },
  }
}

function counted(options: ManyOptions | undefined): Readonly<Record<string, unknown>> {
  const { max = 1, ...rest } = { ...options }
  return { ...rest, maxSelect: max }
}

/** Options of JSON. */
export interface JsonOptions extends FieldOptions {
  /** In bytes. */
  readonly maxSize?: number
}

/** Any JSON, or JSON of a type that you name. */
export function json<Value = unknown>(
  options?: JsonOptions,
): FieldSpec<{
  readonly read: Value | null
  readonly write: Value | null
  readonly input: 'optional'
  readonly isRead: true
  readonly modifiers: 'none'
}> {
  return { type: 'json', options: { ...options } }
}

/** A place on the earth. */
export function geoPoint<const Options extends FieldOptions>(
  options?: Options,
): FieldSpec<Plain<{ lon: number; lat: number }, Options>> {
  return { type: 'geoPoint', options: { ...options } }
}

/** Options of passwords. */
export interface PasswordOptions extends FieldOptions {
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly cost?: number
}

/** A password. It is stored as a hash, and never read. */
export function password<const Options extends PasswordOptions>(
  options?: Options,
): FieldSpec<{
  readonly read: never
  readonly write: string
  readonly input: IsRequired<Options>
  readonly isRead: false
  readonly modifiers: 'none'
}> {
  return { type: 'password', options: { ...options } }
}
