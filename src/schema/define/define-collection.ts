/*
 * Collections as data in code. Nothing here needs a server, so a client can import it for its types.
 */
import { authFields, defaultFieldId, idField, withSortedKeys } from '#catalog/system-fields.ts'
import { crc32 } from '#kernel/crc32.ts'
import type { FieldSpec, RelatedCollection } from './fields.ts'

/** The fields of a collection, by name. */
export type Fields = Readonly<Record<string, FieldSpec>>

/** The types of collections. */
export type DefinedType = 'base' | 'auth' | 'view'

/** The access rules. `null` is for superusers only, `''` for everyone, a missing one is `null`. */
export interface Rules {
  readonly list?: string | null
  readonly view?: string | null
  readonly create?: string | null
  readonly update?: string | null
  readonly delete?: string | null
  /** Auth collections: who may sign in; `''` unless it is given. */
  readonly auth?: string | null
  /** Auth collections: who may manage the accounts of others. */
  readonly manage?: string | null
}

/** The definition of a collection in code. */
export interface CollectionSpec<Type extends DefinedType, Own extends Fields> {
  readonly type?: Type
  /** The id, if it is not the one that the server derives from type and name. */
  readonly id?: string
  /** The former name, so that the records stay. */
  readonly renamedFrom?: string
  /** The fields of a view are only types: its query determines them. */
  readonly fields?: Own
  readonly rules?: Rules
  /** Statements, or the results of `index()`. */
  readonly indexes?: readonly (string | IndexSpec)[]
  /** The query of a view. */
  readonly query?: string
  /** Options of an auth collection, as PocketBase spells them. A missing one has its default. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** A collection in PocketBase's JSON. */
export type CollectionJson = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly name: string
  readonly type: DefinedType
}

/** A collection that was defined in code. */
export interface DefinedCollection<
  Name extends string = string,
  Type extends DefinedType = DefinedType,
  Own extends Fields = Fields,
> extends RelatedCollection {
  readonly name: Name
  readonly type: Type
  readonly spec: CollectionSpec<Type, Own>
  /** PocketBase's JSON, with all fields and the ids that the server derives. */
  toJSON(): CollectionJson
}

/** Defines a collection. */
export function defineCollection<
  const Name extends string,
  const Own extends Fields = Fields,
  const Type extends DefinedType = 'base',
>(name: Name, spec: CollectionSpec<Type, Own>): DefinedCollection<Name, Type, Own> {
  // Without a type, the parameter has its default.
  const type = (spec.type ?? 'base') as Type
  return { name, type, spec, toJSON: () => collectionJson(name, type, spec) }
}

/** An index over columns. */
export interface IndexSpec {
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly name: string | undefined
  readonly where: string | undefined
}

/** Options of an index. */
export interface IndexOptions {
  readonly unique?: boolean
  /** By default, the table and its columns. */
  readonly name?: string
  /** The condition of a partial index. */
  readonly where?: string
}

/** An index over one or more columns. For anything else, write the statement. */
export function index(columns: readonly string[], options: IndexOptions = {}): IndexSpec {
  const { unique = false, name, where } = options
  return { columns, unique, name, where }
}

/** The statement of an index, in PocketBase's normal form. */
export function indexText(table: string, { columns, unique, name, where }: IndexSpec): string {
  const quoted = columns.map((column) => `\`${column}\``)
  const list = quoted.length > 1 ? `\n  ${quoted.join(',\n  ')}\n` : quoted.join('')
  const title = name ?? indexName(table, columns)
  const condition = where === undefined ? '' : ` WHERE ${where}`
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX \`${title}\` ON \`${table}\` (${list})${condition}`
}

/** The name of an index that has none of its own. */
export function indexName(table: string, columns: readonly string[]): string {
  return ['idx', table, ...columns].join('_')
}

function collectionJson(
  name: string,
  type: DefinedType,
  spec: CollectionSpec<DefinedType, Fields>,
): CollectionJson {
  const { rules = {}, indexes = [], query = '', options = {}, renamedFrom } = spec
  const common = {
    id: spec.id ?? `pbc_${crc32(type + name)}`,
    listRule: rules.list ?? null,
    viewRule: rules.view ?? null,
    createRule: rules.create ?? null,
    updateRule: rules.update ?? null,
    deleteRule: rules.delete ?? null,
    name,
    type,
    ...(type === 'view' ? {} : { fields: fieldsJson(type, spec.fields ?? {}) }),
    indexes: indexes.map((each) => (typeof each === 'string' ? each : indexText(name, each))),
    system: false,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
  }
  if (type === 'view') return { ...common, viewQuery: query }
  if (type === 'base') return common
  return {
    ...common,
    authRule: rules.auth === undefined ? '' : rules.auth,
    manageRule: rules.manage ?? null,
    ...options,
  }
}

/**
 * The fields: system fields first, each with the options that code gives it. Code that names all of
 * them decides about their order.
 */
function fieldsJson(type: DefinedType, fields: Fields): Readonly<Record<string, unknown>>[] {
  const system = type === 'auth' ? [idField, ...authFields] : [idField]
  const own = new Map(Object.entries(fields))
  const isWhole = system.every(({ name }) => own.has(name))
  const names = [...(isWhole ? [] : system.map(({ name }) => name)), ...own.keys()]
  return [...new Set(names)].map((name) => {
    const usual = system.find((field) => field.name === name)
    const field = own.get(name)
    if (field === undefined) return { ...usual }
    return withSortedKeys({ ...usual, ...fieldJson(name, field) } as never)
  })
}

function fieldJson(name: string, { type, options }: FieldSpec): Readonly<Record<string, unknown>> {
  const { collectionId, id, ...rest } = options
  const related =
    typeof collectionId === 'function'
      ? { collectionId: (collectionId as () => RelatedCollection)().toJSON().id }
      : collectionId === undefined
        ? {}
        : { collectionId }
  return { ...rest, ...related, id: id ?? defaultFieldId(type, name), name, type }
}
