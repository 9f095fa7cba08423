import { sql } from 'drizzle-orm'
import type { FunctionCall, Operand } from '#filter/syntax/ast.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { hasWildcard } from '#filter/sql/like.ts'
import type { Many, ResolvedOperand } from '#filter/sql/operand.ts'
import { unknownValue } from '#filter/sql/operand.ts'
import type { Term } from '#filter/sql/term.ts'
import { term } from '#filter/sql/term.ts'

/** Resolves an argument. */
export type ResolveArgument = (operand: Operand) => ResolvedOperand | FilterError

const functions: Readonly<
  Record<string, (call: FunctionCall, resolve: ResolveArgument) => ResolvedOperand | FilterError>
> = { geoDistance, strftime }

const maxStrftimeArguments = 10

/** A pattern that matches nothing. */
const unmatched: Term = { sql: sql`NULL`, depth: 1 }

/** Resolves a call. */
export function resolveCall(
  call: FunctionCall,
  resolve: ResolveArgument,
): ResolvedOperand | FilterError {
  const known = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined
  if (known !== undefined) return known(call, resolve)
  return new FilterError(`Unknown function ${JSON.stringify(call.name)}.`, call.position)
}

/**
 * Kilometres along a great circle: `geoDistance(lonA, latA, lonB, latB)`. Any related point may
 * match.
 */
function geoDistance(
  { args, position }: FunctionCall,
  resolve: ResolveArgument,
): ResolvedOperand | FilterError {
  const wrong = args.find(({ kind }) => kind !== 'identifier' && kind !== 'number')
  if (wrong !== undefined) {
    return new FilterError('geoDistance takes fields and numbers.', wrong.position)
  }
  const operands = resolveAll(args, resolve)
  if (operands instanceof FilterError) return operands
  const [lonA, latA, lonB, latB, ...more] = operands
  if (lonA === undefined || latA === undefined || lonB === undefined || latB === undefined) {
    return new FilterError('geoDistance takes four arguments.', position)
  }
  if (more.length > 0) return new FilterError('geoDistance takes four arguments.', position)

  const [aLat, bLat] = [sql`radians(${latA.sql})`, sql`radians(${latB.sql})`]
  const turn = sql`cos(radians(${lonB.sql}) - radians(${lonA.sql}))`
  const query = sql`(6371 * acos(cos(${aLat}) * cos(${bLat}) * ${turn} + sin(${aLat}) * sin(${bLat})))`
  const hasKnownPart = operands.some(({ certainty }) => certainty === 'filled')
  return {
    ...unknownValue(term(query, 7, ...operands), true),
    hasKnownPart,
    // PocketBase puts `%` around known arguments, and a coordinate that is not a number has no
    // location.
    pattern: hasKnownPart ? unmatched : undefined,
  }
}

/** A time as a string: `strftime(format, time?, modifier…)`, as in SQLite. */
function strftime(
  { args, position }: FunctionCall,
  resolve: ResolveArgument,
): ResolvedOperand | FilterError {
  const [format, moment, ...modifiers] = args
  if (args.length > maxStrftimeArguments) {
    return new FilterError(`strftime takes at most ${maxStrftimeArguments} arguments.`, position)
  }
  if (format?.kind !== 'text') return new FilterError('strftime takes a text first.', position)
  const wrong = modifiers.find(({ kind }) => kind !== 'text')
  if (wrong !== undefined) return new FilterError('strftime takes texts last.', wrong.position)
  if (moment?.kind === 'function') return new FilterError('Functions do not nest.', moment.position)

  const operands = resolveAll(args, resolve)
  if (operands instanceof FilterError) return operands
  const text = formatted(operands)
  const isPattern = hasWildcard(format.text) && operands.slice(1).every((each) => !isKnown(each))
  return {
    ...unknownValue(text),
    hasKnownPart: true,
    many: manyFormatted(operands),
    // PocketBase puts `%` around known arguments, which invalidates all but a format with its own
    // `%`.
    pattern: isPattern ? text : unmatched,
  }
}

function formatted(args: readonly Term[]): Term {
  const list = args.map((arg) => arg.sql)
  return term(sql`strftime(${sql.join(list, sql`, `)})`, 1, ...args)
}

function manyFormatted(args: readonly ResolvedOperand[]): Many | undefined {
  const terms: readonly Term[] = args
  const many = args[1]?.many
  if (many === undefined) return undefined
  const value = (alias: string): Term => formatted(terms.with(1, many.value(alias)))
  return { hops: many.hops, isExact: false, value }
}

function isKnown(operand: ResolvedOperand): boolean {
  return operand.text !== undefined
}

function resolveAll(
  args: readonly Operand[],
  resolve: ResolveArgument,
): ResolvedOperand[] | FilterError {
  const operands: ResolvedOperand[] = []
  for (const arg of args) {
    const operand = resolve(arg)
    if (operand instanceof FilterError) return operand
    operands.push(operand)
  }
  return operands
}
