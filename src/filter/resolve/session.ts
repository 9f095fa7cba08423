/*
 * `@request.session.…`: how and when the caller proved their identity. A guest, and a request whose
 * session is not known, has none of it: every value is NULL.
 */
import { sql } from 'drizzle-orm'
import { integer } from '#database/integer.ts'
import { fixed } from '#database/value.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { SessionValues } from '#filter/schema.ts'
import { listedValues } from '#filter/sql/joins.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { boundText, boundValue, count, nothing } from '#filter/sql/operand.ts'
import { column } from '#filter/sql/term.ts'
import { clockToleranceSeconds, unixSeconds } from '#kernel/dates.ts'
import { splitModifier } from './path.ts'
import { operandAt, type ResolveContext } from './resolve-context.ts'

/** Resolves `@request.session.…`; `name` is the rest. */
export function resolveSession(
  context: ResolveContext,
  name: string,
  position: number,
): ResolvedOperand | FilterError {
  const { session } = context.values
  switch (name) {
    case 'id':
      return boundValue(session.map((known) => known?.id))
    case 'kind':
      return boundValue(session.map((known) => known?.kind))
    case 'level':
      return boundValue(session.map((known) => known?.level))
    case 'age':
      return secondsSince(context, (known) => known?.authTime)
    case 'mfaAge':
      return secondsSince(context, (known) => known?.mfaTime)
    default:
      return resolveMethods(context, name, position)
  }
}

/** The whole seconds since a moment, as `secondsSince` of session facts counts them. */
function secondsSince(
  { values: { session, now } }: ResolveContext,
  momentOf: (session: SessionValues | undefined) => number | undefined,
): ResolvedOperand {
  const moment = session.map(momentOf)
  if (moment.ask((known) => known === undefined)) return nothing
  const begun = integer(moment.map(Number))
  const seconds = integer(now.map(unixSeconds))
  const ahead = sql`(${begun} - ${seconds})`
  const age = sql`max(0, ${seconds} - ${begun}, ${ahead} * (${ahead} > ${integer(fixed(clockToleranceSeconds))}))`
  return { sql: age, depth: 6, certainty: 'filled', isExact: false }
}

function resolveMethods(
  context: ResolveContext,
  name: string,
  position: number,
): ResolvedOperand | FilterError {
  const { session } = context.values
  const split = splitModifier(name)
  if (typeof split === 'string') return new FilterError(split, position)
  if (split.name !== 'methods') {
    return new FilterError(`Unknown ${JSON.stringify(`@request.session.${name}`)}.`, position)
  }

  const list = session.map((known) => JSON.stringify(known?.methods ?? []))
  switch (split.modifier) {
    case undefined:
      return session.ask((known) => known === undefined) ? nothing : boundText(list)
    case 'length':
      return session.ask((known) => known === undefined)
        ? nothing
        : count(session.map((known) => known?.methods.length ?? 0))
    case 'each':
      return operandAt(
        context,
        {
          hops: [listedValues('@session methods', 'methods', list.sql, true)],
          isExact: false,
          isEmail: false,
          reads: undefined,
          value: (alias) => ({ sql: column(alias, 'value'), depth: 2 }),
        },
        position,
      )
    case 'isset':
    case 'changed':
    case 'lower':
      return new FilterError(
        `The modifier ${JSON.stringify(split.modifier)} does not fit a list.`,
        position,
      )
  }
}
