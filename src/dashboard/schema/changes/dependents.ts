import { readRule } from '#dashboard/rules/read-rule.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { type Definition, ruleOf, rulesOf } from '#dashboard/schema/definition.ts'

/** The rules and view queries that name a field, apart from what renaming it changes by itself. */
export function dependentsOf(
  field: string,
  next: Definition,
  collections: readonly Definition[],
): string[] {
  const stored = collections.map((one) => (one.id === next.id ? next : one))
  return stored.flatMap((one) => [
    ...rulesOf(one.type)
      .filter((name) => namesField(ruleOf(one, name) ?? '', field, { one, next, stored }))
      .map((name) => t.schema.changes.ruleOf({ name: one.name, rule: t.schema.rules.names[name] })),
    ...(isQueried(one, next.name, field) ? [t.schema.changes.queryOf(one)] : []),
  ])
}

interface Place {
  /** The collection whose rule it is. */
  readonly one: Definition
  /** The collection that the field was part of. */
  readonly next: Definition
  readonly stored: readonly Definition[]
}

function namesField(rule: string, field: string, { one, next, stored }: Place): boolean {
  // The field is gone from the new definition, so it is put back to find the names that lead to it.
  const target = { ...next, fields: [...next.fields, { ...missing, name: field }] }
  const known = stored.map((other) => (other.id === next.id ? target : other))
  const collection = one.id === next.id ? target : one
  return readRule(rule, collection, known).uses.some(
    (use) => use.collection === next.id && use.field === field,
  )
}

const missing = { id: '', type: 'text', system: false, hidden: false, presentable: false }

function isQueried({ type, viewQuery = '' }: Definition, name: string, field: string): boolean {
  const has = (word: string): boolean => new RegExp(String.raw`\b${word}\b`, 'i').test(viewQuery)
  return type === 'view' && has(name) && has(field)
}
