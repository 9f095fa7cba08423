/*
 * Definitions as TypeScript, in the words of `defineCollection`. Options that have their default are
 * left out, so that the text of the same definitions is always the same.
 */
import { withoutSecrets } from '#catalog/auth-options.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { authIndexes, defaultAuthOptions } from '#catalog/scaffolds.ts'
import { authFields, defaultFieldId, idField } from '#catalog/system-fields.ts'
import { defaultId } from '#collections/complete-definition.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { fieldTypes } from '#fields/registry.ts'
import { indexName, indexText } from '#schema/define/define-collection.ts'

type Json = Readonly<Record<string, unknown>>

/** A definition in JSON, as the collections API returns it. */
export type SourceCollection = Json & {
  readonly id: string
  readonly name: string
  readonly type: string
}

/** Writes a module that defines the collections. System collections are not part of it. */
export function sourceText(collections: readonly SourceCollection[], module: string): string {
  const own = inOrder(collections.filter(({ system }) => system !== true))
  const used = new Set<string>(['defineCollection'])
  const defined = new Map<string, string>()
  const parts = own.map((collection) => {
    const text = collectionText(collection, { collections, defined, used })
    defined.set(collection.id, constantName(collection.name))
    return text
  })
  const names = own.map(({ name }) => constantName(name)).join(', ')
  const imports = [...used].toSorted().join(', ')
  return [`import { ${imports} } from '${module}'`, ...parts, `export default [${names}]`]
    .join('\n\n')
    .concat('\n')
}

interface TextContext {
  readonly collections: readonly SourceCollection[]
  /** The constants so far, by the id of their collection. */
  readonly defined: ReadonlyMap<string, string>
  /** The builders that the module imports. */
  readonly used: Set<string>
}

/** By name, each after the collections that it refers to, as far as they do not refer back. */
function inOrder(collections: readonly SourceCollection[]): SourceCollection[] {
  const sorted = collections.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const ordered = new Set<SourceCollection>()
  const visited = new Set<SourceCollection>()
  const visit = (collection: SourceCollection): void => {
    if (visited.has(collection)) return
    visited.add(collection)
    const related = fieldsOf(collection).map((field) => field['collectionId'])
    for (const other of sorted) if (related.includes(other.id)) visit(other)
    ordered.add(collection)
  }
  for (const collection of sorted) visit(collection)
  return [...ordered]
}

function fieldsOf({ fields, type }: SourceCollection): readonly FieldDefinition[] {
  return type === 'view' || !Array.isArray(fields) ? [] : (fields as FieldDefinition[])
}

function collectionText(collection: SourceCollection, context: TextContext): string {
  const { id, name, type } = collection
  const members = [
    ...(type === 'base' ? [] : [`type: ${literal(type)}`]),
    ...(id === defaultId(type, name) ? [] : [`id: ${literal(id)}`]),
    ...(type === 'view' ? [`query: ${literal(collection['viewQuery'])}`] : []),
    ...fieldMembers(collection, context),
    ...ruleMembers(collection),
    ...indexMembers(collection, context),
    ...(type === 'auth' ? optionMembers(collection) : []),
  ]
  const body = members.map((member) => `  ${member},\n`).join('')
  return `export const ${constantName(name)} = defineCollection(${literal(name)}, {\n${body}})`
}

function fieldMembers(collection: SourceCollection, context: TextContext): string[] {
  const fields = fieldsOf(collection)
  const system = collection.type === 'auth' ? [idField, ...authFields] : [idField]
  const isUsual =
    collection.type !== 'view' && system.every((field, at) => fields[at]?.name === field.name)
  const lines = fields.flatMap((field, at) => {
    const usual = system.find(({ name }) => name === field.name)
    if (isUsual && at < system.length && isSame(field, usual)) return []
    return [`    ${keyOf(field.name)}: ${fieldText(field, usual, context)},\n`]
  })
  return lines.length === 0 ? [] : [`fields: {\n${lines.join('')}  }`]
}

/** A field as the call of its builder. */
function fieldText(
  field: FieldDefinition,
  usual: FieldDefinition | undefined,
  { collections, defined, used }: TextContext,
): string {
  const { type, name, id, ...options } = field
  used.add(type)
  const given: Record<string, unknown> = {
    ...options,
    ...(id === (usual?.id ?? defaultFieldId(type, name)) ? {} : { id }),
  }
  const defaults: Json = {
    ...fieldTypes.get(type)?.options().parse({ values: [], collectionId: '' }),
    system: false,
    hidden: false,
    presentable: false,
    ...usual,
  }
  const args: string[] = []
  if (type === 'autodate') {
    const { onCreate, onUpdate } = options
    args.push(literal(onCreate === true ? (onUpdate === true ? 'save' : 'create') : 'update'))
    delete given['onCreate']
    delete given['onUpdate']
  }
  if (type === 'select') {
    args.push(literal(options['values']))
    delete given['values']
  }
  if (type === 'relation') {
    const target = String(options['collectionId'])
    const constant = defined.get(target)
    const other = collections.find((collection) => collection.id === target)
    args.push(constant === undefined ? literal(other?.name ?? target) : `() => ${constant}`)
    delete given['collectionId']
  }
  const own = Object.entries(given)
    .filter(([option, value]) =>
      option === 'maxSelect' ? value !== 1 : !isSame(value, defaults[option]),
    )
    .map(([option, value]) => [shortNames.get(option) ?? option, value] as const)
  if (own.length > 0) args.push(literal(Object.fromEntries(own)))
  return `${type}(${args.join(', ')})`
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['maxSelect', 'max'],
  ['minSelect', 'min'],
])

function ruleMembers(collection: SourceCollection): string[] {
  const rules = ['list', 'view', 'create', 'update', 'delete', 'auth', 'manage'].flatMap((name) => {
    const rule = collection[`${name}Rule`] ?? null
    const usual = name === 'auth' ? '' : null
    const isMissing = collection.type !== 'auth' && (name === 'auth' || name === 'manage')
    return isMissing || rule === usual ? [] : [`    ${name}: ${literal(rule)},\n`]
  })
  return rules.length === 0 ? [] : [`rules: {\n${rules.join('')}  }`]
}

function indexMembers({ id, name, type, indexes }: SourceCollection, { used }: TextContext) {
  const usual = type === 'auth' ? authIndexes(id, name) : []
  const texts = (Array.isArray(indexes) ? (indexes as unknown[]) : [])
    .map(String)
    .filter((text) => !usual.includes(text))
  if (texts.length === 0) return []
  const lines = texts.map((text) => {
    const call = indexCall(name, text)
    if (call !== undefined) used.add('index')
    return `    ${call ?? literal(text)},\n`
  })
  return [`indexes: [\n${lines.join('')}  ]`]
}

/** An index as a call of `index()`, if that gives the same text. */
function indexCall(table: string, text: string): string | undefined {
  const parsed = parseIndex(text)
  if (parsed === undefined) return undefined
  const columns = parsed.columns.map((column) => column.name)
  const where = parsed.where === '' ? undefined : parsed.where
  const { name, unique } = parsed
  if (indexText(table, { columns, unique, name, where }) !== text) return undefined
  const options = {
    ...(unique ? { unique } : {}),
    ...(name === indexName(table, columns) ? {} : { name }),
    ...(where === undefined ? {} : { where }),
  }
  const rest = Object.keys(options).length === 0 ? '' : `, ${literal(options)}`
  return `index(${literal(columns)}${rest})`
}

/** The options of an auth collection that differ from the defaults. */
function optionMembers(collection: SourceCollection): string[] {
  const defaults = withoutSecrets(defaultAuthOptions(() => ''))
  const keys = [...Object.keys(defaults), 'security'].filter(
    (key) => key !== 'authRule' && key !== 'manageRule',
  )
  const lines = keys.flatMap((key) => {
    const own = difference(collection[key], defaults[key])
    return own === undefined ? [] : [`    ${keyOf(key)}: ${literal(own)},\n`]
  })
  return lines.length === 0 ? [] : [`options: {\n${lines.join('')}  }`]
}

/** The members of a value that differ from a default; undefined if there are none. */
function difference(value: unknown, usual: unknown): unknown {
  if (value === undefined || isSame(value, usual)) return undefined
  if (!isObject(value) || !isObject(usual)) return value
  const own = Object.entries(value).flatMap(([key, each]) => {
    const found = difference(each, usual[key])
    return found === undefined ? [] : [[key, found] as const]
  })
  return Object.fromEntries(own)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Words that cannot be names of constants in the module. */
const reserved = new Set(
  `break case catch class const continue debugger default delete do else enum export extends false
  finally for function if import in instanceof new null return super switch this throw true try
  typeof var void while with let static yield await async of implements interface package private
  protected public arguments eval undefined NaN Infinity index defineCollection`.split(/\s+/),
)

/** The constant of a collection. */
function constantName(name: string): string {
  const isTaken = reserved.has(name) || fieldTypes.has(name)
  return isTaken || !/^[A-Za-z_]/.test(name) ? `collection_${name}` : name
}

function keyOf(name: string): string {
  if (name === '__proto__') return `['__proto__']`
  return /^[A-Za-z_]\w*$/.test(name) ? name : literal(name)
}

/** A value of JSON as TypeScript, on one line. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${literal(each)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
  return `'${escaped}'`
}
