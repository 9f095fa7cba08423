import { recordRules, type RuleName, ruleNames } from '#filter/syntax/rule-names.ts'
import type { CollectionModel } from 'pocketbase'

/** A field of a definition, with the options of its type. */
export interface FieldDefinition {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly system: boolean
  readonly hidden: boolean
  readonly presentable: boolean
  readonly required?: boolean
  readonly help?: string
  readonly [option: string]: unknown
}

/** A definition as it is edited. */
export interface Definition {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly system: boolean
  readonly fields: readonly FieldDefinition[]
  readonly indexes: readonly string[]
  readonly viewQuery?: string
  readonly [option: string]: unknown
}

/** The rules that collections of a type have. */
export function rulesOf(type: string): readonly RuleName[] {
  if (type === 'view') return ['listRule', 'viewRule']
  return type === 'auth' ? ruleNames : recordRules
}

/** Reads a rule: null is closed, the empty text is open. */
export function ruleOf(definition: Definition, name: RuleName): string | null {
  const rule = definition[name]
  return typeof rule === 'string' ? rule : null
}

/** Converts a response of the API to a definition. */
export function definitionOf(model: CollectionModel): Definition {
  return model
}

/** Puts a new field before the time stamps at the end, where they are out of the way. */
export function addField(definition: Definition, field: FieldDefinition): Definition {
  const { fields } = definition
  let at = fields.length
  while (at > 0 && fields[at - 1]?.type === 'autodate') at -= 1
  return { ...definition, fields: [...fields.slice(0, at), field, ...fields.slice(at)] }
}

/** Moves a field from one place to another. */
export function moveField(definition: Definition, from: number, to: number): Definition {
  const field = definition.fields[from]
  if (field === undefined) return definition
  return { ...definition, fields: definition.fields.toSpliced(from, 1).toSpliced(to, 0, field) }
}

/** Removes a field, and the indexes that cannot be without it. */
export function removeField(definition: Definition, id: string): Definition {
  const gone = definition.fields.find((field) => field.id === id)
  if (gone === undefined) return definition
  return {
    ...definition,
    fields: definition.fields.filter((field) => field.id !== id),
    indexes: definition.indexes.filter((sql) => !columnsOf(sql).includes(gone.name)),
  }
}

/** Changes options of a field; a new name is followed by indexes and rules. */
export function changeField(
  definition: Definition,
  id: string,
  changes: Partial<FieldDefinition>,
): Definition {
  const before = definition.fields.find((field) => field.id === id)
  const fields = definition.fields.map((field) =>
    field.id === id ? { ...field, ...changes } : field,
  )
  const changed = { ...definition, fields }
  const { name } = changes
  if (before === undefined || before.name === '' || name === undefined || name === '') {
    return changed
  }
  return renameWithin(changed, before.name, name)
}

/** Writes a new name of a field into the rules and indexes that use the old one. */
function renameWithin(definition: Definition, from: string, to: string): Definition {
  const rules = rulesOf(definition.type).flatMap((name) => {
    const rule = ruleOf(definition, name)
    return rule === null ? [] : [[name, renameInRule(rule, from, to)] as const]
  })
  return {
    ...definition,
    ...Object.fromEntries(rules),
    indexes: definition.indexes.map((sql) => renameInIndex(sql, from, to)),
  }
}

/** The rule with another name for a field of its own collection. Texts in quotes stay. */
function renameInRule(rule: string, from: string, to: string): string {
  const quoted = /('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")/
  const own = new RegExp(String.raw`(?<![\w.@:])${from}(?!\w)`, 'g')
  const sent = new RegExp(String.raw`(@request\.body\.)${from}(?!\w)`, 'g')
  return rule
    .split(quoted)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(own, to).replace(sent, `$1${to}`)))
    .join('')
}

function renameInIndex(sql: string, from: string, to: string): string {
  const at = sql.indexOf('(')
  const column = new RegExp(`(?<![\\w'])${from}(?![\\w'])`, 'g')
  return at < 0 ? sql : sql.slice(0, at) + sql.slice(at).replace(column, to)
}

const uniqueIndex = /^\s*CREATE\s+UNIQUE\s+INDEX\b/i

/** The columns of an index, as far as they are plain names. */
function columnsOf(sql: string): string[] {
  const list = /\bON\s+[^(]*\(([^)]*)\)/i.exec(sql)?.[1] ?? ''
  return list.split(',').flatMap((part) => /^\s*[`"[]?(\w+)/.exec(part)?.[1] ?? [])
}

/** True for an index that keeps its values unique. */
function isUniqueIndex(sql: string): boolean {
  return uniqueIndex.test(sql)
}

/** True when one index keeps the values of this field alone unique. */
export function isUnique(definition: Definition, name: string): boolean {
  return definition.indexes.some((sql) => keepsUnique(sql, name))
}

function keepsUnique(sql: string, name: string): boolean {
  const columns = columnsOf(sql)
  return isUniqueIndex(sql) && columns.length === 1 && columns[0] === name
}

/** Adds or removes the index that keeps a field unique. */
export function setUnique(definition: Definition, name: string, unique: boolean): Definition {
  const { indexes } = definition
  if (!unique) {
    return { ...definition, indexes: indexes.filter((sql) => !keepsUnique(sql, name)) }
  }
  if (isUnique(definition, name)) return definition
  const sql = createIndexSql({ collection: definition.name, columns: [name], isUnique: true })
  return { ...definition, indexes: [...indexes, sql] }
}

/** The SQL of a new index. */
export function createIndexSql(index: {
  readonly collection: string
  readonly columns: readonly string[]
  readonly isUnique: boolean
  readonly condition?: string
}): string {
  const columns = index.columns.map((column) => `\`${column}\``).join(', ')
  const condition = index.condition?.trim() ?? ''
  const name = `idx_${randomText(10)}`
  return `CREATE ${index.isUnique ? 'UNIQUE ' : ''}INDEX \`${name}\` ON \`${index.collection}\` (${columns})${condition === '' ? '' : ` WHERE ${condition}`}`
}

/** Letters and digits for names that must differ. */
export function randomText(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from(
    crypto.getRandomValues(new Uint8Array(length)),
    (byte) => letters[byte % letters.length],
  ).join('')
}
