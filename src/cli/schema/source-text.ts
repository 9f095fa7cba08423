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
import { UsageError } from '#cli/terminal/usage.ts'
import { fieldTypes } from '#fields/registry.ts'
import { indexName, indexText } from '#schema/define/define-collection.ts'
import { print, printMember, SourceCall, SourceText } from './source-printer.ts'

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
    const constant = constantName(collection.name, [...defined.values()])
    const text = collectionText(collection, constant, { collections, defined, used })
    defined.set(collection.id, constant)
    return text
  })
  const names = [...defined.values()].map((name) => new SourceText(name))
  const exported = `export default ${print(names, '', 'export default '.length, 0)}`
  return [importText([...used].toSorted(), module), ...parts, exported].join('\n\n').concat('\n')
}

function importText(names: readonly string[], module: string): string {
  const line = `import { ${names.join(', ')} } from '${module}'`
  if (line.length <= 100) return line
  return `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${module}'`
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

function collectionText(
  collection: SourceCollection,
  constant: string,
  context: TextContext,
): string {
  const { id, name, type } = collection
  const members = [
    ...(type === 'base' ? [] : [printMember('type', type, '  ')]),
    ...(id === defaultId(type, name) ? [] : [printMember('id', id, '  ')]),
    ...(type === 'view' ? [printMember('query', collection['viewQuery'], '  ')] : []),
    ...fieldMembers(collection, context),
    ...ruleMembers(collection),
    ...indexMembers(collection, context),
    ...(type === 'auth' ? optionMembers(collection) : []),
  ]
  const call = `defineCollection(${print(name, '', 0, 0)}, `
  const body = members.length === 0 ? '{}' : `{\n${members.join('')}}`
  return `export const ${constant} = ${call}${body})`
}

/** A member whose own members are on lines of their own. */
function block(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${name}: {\n${lines.join('')}  },\n`]
}

function fieldMembers(collection: SourceCollection, context: TextContext): string[] {
  const fields = fieldsOf(collection)
  const system = collection.type === 'auth' ? [idField, ...authFields] : [idField]
  const isUsual =
    collection.type !== 'view' && system.every((field, at) => fields[at]?.name === field.name)
  const lines = fields.flatMap((field, at) => {
    const usual = system.find(({ name }) => name === field.name)
    if (isUsual && at < system.length && isSame(field, usual)) return []
    return [printMember(field.name, fieldCall(field, usual, context), '    ')]
  })
  return block('fields', lines)
}

/** A field as the call of its builder. */
function fieldCall(
  field: FieldDefinition,
  usual: FieldDefinition | undefined,
  { collections, defined, used }: TextContext,
): SourceCall {
  const { type, name, id, ...options } = field
  if (!fieldTypes.has(type)) throw new UsageError(`The field ${name} has no type that exists.`)
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
  const args: unknown[] = []
  if (type === 'autodate') {
    const { onCreate, onUpdate } = options
    args.push(onCreate === true ? (onUpdate === true ? 'save' : 'create') : 'update')
    delete given['onCreate']
    delete given['onUpdate']
  }
  if (type === 'select') {
    args.push(options['values'])
    delete given['values']
  }
  if (type === 'relation') {
    const target = String(options['collectionId'])
    const constant = defined.get(target)
    const other = collections.find((collection) => collection.id === target)
    args.push(
      constant === undefined ? (other?.name ?? target) : new SourceText(`() => ${constant}`),
    )
    delete given['collectionId']
  }
  const own = Object.entries(given)
    .filter(([option, value]) =>
      option === 'maxSelect' ? value !== 1 : !isSame(value, defaults[option]),
    )
    .map(([option, value]) => [shortNames.get(option) ?? option, value] as const)
  if (own.length > 0) args.push(Object.fromEntries(own))
  return new SourceCall(type, ...args)
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
    return isMissing || rule === usual ? [] : [printMember(name, rule, '    ')]
  })
  return block('rules', rules)
}

function indexMembers({ id, name, type, indexes }: SourceCollection, { used }: TextContext) {
  const usual = type === 'auth' ? authIndexes(id, name) : []
  const texts = (Array.isArray(indexes) ? (indexes as unknown[]) : [])
    .map(String)
    .filter((text) => !usual.includes(text))
  if (texts.length === 0) return []
  const calls = texts.map((text) => indexCall(name, text) ?? text)
  if (calls.some((call) => typeof call !== 'string')) used.add('index')
  return [printMember('indexes', calls, '  ')]
}

/** An index as a call of `index()`, if that gives the same text. */
function indexCall(table: string, text: string): SourceCall | undefined {
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
  return new SourceCall('index', columns, ...(Object.keys(options).length === 0 ? [] : [options]))
}

/** The options of an auth collection that differ from the defaults. */
function optionMembers(collection: SourceCollection): string[] {
  const defaults = withoutSecrets(defaultAuthOptions(() => ''))
  const keys = [...Object.keys(defaults), 'security'].filter(
    (key) => key !== 'authRule' && key !== 'manageRule',
  )
  const lines = keys.flatMap((key) => {
    const own = difference(collection[key], defaults[key])
    return own === undefined ? [] : [printMember(key, own, '    ')]
  })
  return block('options', lines)
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

/**
 * The constant of a collection. Names come from a deployment or a file, so nothing of them but letters,
 * digits and underscores becomes code.
 */
function constantName(name: string, taken: readonly string[]): string {
  const word = name.replaceAll(/\W/g, '_')
  const isUnusable = reserved.has(word) || fieldTypes.has(word) || !/^[A-Za-z_]/.test(word)
  const wanted = isUnusable ? `collection_${word}` : word
  let free = wanted
  for (let n = 2; taken.includes(free); n++) free = `${wanted}_${n}`
  return free
}
