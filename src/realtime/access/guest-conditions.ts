/*
 * Guests of different groups are checked together, several conditions in one statement, because any
 * client can make up options.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { one, type Query } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import { byteLength } from '#kernel/text.ts'
import type { SubscriberGroup } from '#platform/realtime.ts'
import { hasReservedWords } from '#records/access.ts'
import { columnOf } from '#records/identifiers.ts'
import { filtersThroughRelations } from '#records/relation-filter.ts'
import { conditionOf } from './group-condition.ts'
import { type AccountSet, guestKey, requestInfoOf } from './members.ts'
import type { VisibleSource } from './snapshot.ts'

/** Guests' conditions evaluated by one statement. */
export const guestsPerStatement = 20

/** The condition under which the guests of a group see a record. */
export interface GuestCondition {
  readonly key: string
  readonly where: SQL
}

/**
 * The condition of a group's guests, if it depends on the record alone. Such conditions are columns
 * of one statement, since any client can make up options. Undefined if it needs its own statement,
 * or none.
 */
export function guestCondition(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
): GuestCondition | undefined {
  const { query, key, withoutGuests, rule } = group
  const isPlain = (query['expand'] ?? '') === '' && source.collection.auth === undefined
  const filter = query['filter'] ?? ''
  const isShort = byteLength(filter) <= maxTogetherBytes && !hasReservedWords(filter)
  if (withoutGuests === true || !isPlain || !isShort) return undefined
  const { kind } = source.collection.rules[rule]
  if (kind !== 'filter' && (kind !== 'open' || filter === '')) return undefined
  if (filtersThroughRelations(source.collection, filter)) return undefined
  const guests: AccountSet = { collection: undefined, isSuperuser: false, ids: [] }
  const viewer = requestInfoOf(context, group, guests, guestKey)
  const question = conditionOf(context, { ...source, where: undefined }, group, viewer)
  return question?.standsAlone === true ? { key, where: question.where } : undefined
}

/** Maximum bytes of a filter that is evaluated together with others. */
const maxTogetherBytes = 500

/** Maximum characters of SQL of such conditions together; a statement has 100 kB. */
const maxTogetherCharacters = 60_000

/** Divides the conditions so that each part fits into a statement. */
export function inStatements(guests: readonly GuestCondition[]): GuestCondition[][] {
  const statements: GuestCondition[][] = []
  let room = 0
  for (const guest of guests) {
    const { length } = toStatement(guest.where).sql
    const last = statements.at(-1)
    if (last === undefined || length > room || last.length >= guestsPerStatement) {
      statements.push([guest])
      room = maxTogetherCharacters
    } else last.push(guest)
    room -= length
  }
  return statements
}

/** Plans one statement for guests of several groups. */
export function planGuests(
  { collection, from, where }: VisibleSource,
  guests: readonly GuestCondition[],
): Query<(recordId: string) => readonly string[]> {
  const columns = guests.map(
    (guest, at) => sql`(${guest.where}) IS TRUE AS ${sql.identifier(`g${at}`)}`,
  )
  const statement = sql`SELECT ${columnOf(collection.name, 'id')} AS "id", ${sql.join(columns, sql`, `)}
    FROM ${from} AS ${sql.identifier(collection.name)} ${where === undefined ? sql`` : sql`WHERE ${where}`}`
  return one(statement, (rows) => {
    const byId = new Map(rows.map((row) => [String(row['id']), row]))
    return (recordId) =>
      guests.filter((_, at) => byId.get(recordId)?.[`g${at}`] === 1).map(({ key }) => key)
  })
}
