import { type Failure, readFieldErrors } from '#dashboard/api/failure.ts'
import type { PlannedChange, SchemaPlan } from '#dashboard/api/schema.ts'
import type { Definition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import type { Change } from './changes.ts'

interface Pair {
  readonly base: Definition
  readonly next: Definition
}

/** Adds to the lines of a change what the server's plan knows: losses, long work and open access. */
export function judgeChanges(changes: readonly Change[], plan: SchemaPlan, pair: Pair): Change[] {
  const planned = plan.changes.map((one) => ({ ...one, key: keyOf(one, pair) }))
  const judged = changes.map((change) => {
    const own = planned.filter(({ key }) => key === change.key)
    const allow = own.flatMap((one) => (one.risk === 'destructive' ? (one.allow ?? []) : []))
    return {
      ...change,
      allow,
      needsConsent: change.needsConsent || allow.length > 0,
      isSlow: own.some(({ risk }) => risk === 'slow'),
      opens: own.some(({ access }) => access === 'opens'),
    }
  })
  const known = new Set(changes.map(({ key }) => key))
  // Changes of other collections, such as views that follow.
  const others = planned.filter(({ key, risk }) => risk === 'destructive' && !known.has(key))
  return [
    ...judged,
    ...others.map(({ key, collection, rows, allow }) => ({
      key,
      text: t.schema.changes.elsewhere({ name: collection, count: rows ?? 0 }),
      needsConsent: true,
      allow: allow === undefined ? [] : [allow],
    })),
  ]
}

/** The key of the line that a planned change belongs to. */
function keyOf({ kind, collection, field, rule, allow }: PlannedChange, pair: Pair): string {
  const { base, next } = pair
  if (collection !== base.name && collection !== next.name) return `${kind} ${collection} ${allow}`
  if (kind === 'field.drop') return `drop ${base.fields.find(({ name }) => name === field)?.id}`
  const id = next.fields.find(({ name }) => name === field)?.id
  if (kind === 'field.change') return `field ${id}`
  if (kind === 'field.rename') return `name ${id}`
  if (kind === 'collection.rename') return 'name'
  if (kind === 'rules') return rule ?? kind
  return kind.startsWith('index.') ? 'indexes' : `${kind} ${field ?? ''}`
}

/** The reason why a plan cannot be applied, at the fields that have it; undefined if it can. */
export function refusalOf({ changes }: SchemaPlan, { indexes }: Definition): Failure | undefined {
  const blocked = changes.filter(({ risk }) => risk === 'blocked')
  if (blocked.length === 0) return undefined
  const fields = blocked.flatMap((change): (readonly [string, string])[] => {
    if (change.kind === 'index.add') {
      const at = indexes.findIndex((sql) => nameOf(sql) === nameOf(change.index ?? ''))
      return [[`indexes.${at}`, t.schema.changes.equal({ count: change.rows ?? 0 })]]
    }
    return [...readFieldErrors(change.issues)]
  })
  const message = blocked.some(({ kind }) => kind === 'limit')
    ? t.schema.changes.tooLarge
    : t.schema.changes.blocked
  return { status: 400, message, fields: new Map(fields) }
}

function nameOf(sql: string): string | undefined {
  return /\bINDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?[`"[]?([^\s`"\]]+)/i.exec(sql)?.[1]
}
