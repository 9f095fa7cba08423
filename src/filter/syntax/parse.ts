import type { Comparison, FilterNode, FunctionCall, Operand, Sign } from './ast.ts'
import { junction } from './ast.ts'
import { FilterError } from './filter-error.ts'
import type { Token } from './tokenize.ts'
import { tokenize } from './tokenize.ts'

/** A parsed filter, or the error in it. */
export type ParseResult =
  | { readonly ok: true; readonly filter: FilterNode }
  | { readonly ok: false; readonly fault: FilterError }

const maxComparisons = 200
const maxFunctionNesting = 3

/**
 * Parses a filter or rule.
 *
 * `&&` binds tighter than `||`. For compatibility with stored rules, a group may stand where an
 * operand, a sign or a join is expected, as in PocketBase: it discards the comparison it interrupts
 * and takes the last join.
 *
 * Takes linear time. Brackets may nest without limit, because nothing here is recursive.
 */
export function parseFilter(text: string): ParseResult {
  const tokens = tokenize(text)
  const filter = tokens instanceof FilterError ? tokens : parseTokens(tokens, text.length)
  return filter instanceof FilterError ? { ok: false, fault: filter } : { ok: true, filter }
}

/** The state of a group, or of the whole filter, while its tokens are read. */
interface Frame {
  readonly position: number
  /** Alternatives, each a list of nodes that must hold together. */
  readonly branches: FilterNode[][]
  join: string
  left: Operand | undefined
  sign: Token | undefined
  /** The next expected token, apart from groups. */
  expects: 'left' | 'sign' | 'right' | 'join'
}

function parseTokens(tokens: readonly Token[], end: number): FilterNode | FilterError {
  const outer: Frame[] = []
  let frame = newFrame(0)
  let comparisons = 0

  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] as Token // Within the loop's bound.
    if (token.kind === 'open') {
      outer.push(frame)
      frame = newFrame(token.position)
      continue
    }
    if (token.kind === 'close') {
      const parent = outer.pop()
      if (parent === undefined)
        return new FilterError('Unexpected closing bracket.', token.position)
      const group = finish(frame, token.position)
      if (group instanceof FilterError) return group
      addItem(parent, group)
      frame = parent
      continue
    }

    let operand: Operand | undefined
    if (token.kind === 'call') {
      const call = parseCall(tokens, i, 1)
      if (call instanceof FilterError) return call
      operand = call.call
      i = call.end
    } else operand = literal(token)

    const fault = advance(frame, token, operand)
    if (fault !== undefined) return fault
    if (frame.expects === 'join' && operand !== undefined) comparisons += 1
    if (comparisons > maxComparisons) {
      return new FilterError(`More than ${maxComparisons} comparisons.`, token.position)
    }
  }

  if (outer.length > 0) return new FilterError('Unclosed bracket.', frame.position)
  return finish(frame, end)
}

function newFrame(position: number): Frame {
  return { position, branches: [], join: '&&', left: undefined, sign: undefined, expects: 'left' }
}

/** Consumes one token that is no bracket. Returns an error if it is not allowed here. */
function advance(
  frame: Frame,
  token: Token,
  operand: Operand | undefined,
): FilterError | undefined {
  if (frame.expects === 'left' && operand !== undefined) {
    frame.left = operand
    frame.expects = 'sign'
  } else if (frame.expects === 'sign' && token.kind === 'sign') {
    frame.sign = token
    frame.expects = 'right'
  } else if (frame.expects === 'right' && operand !== undefined) {
    addItem(frame, comparison(frame, operand))
  } else if (frame.expects === 'join' && token.kind === 'join') {
    frame.join = token.text
    frame.expects = 'left'
  } else {
    return new FilterError(`Unexpected ${JSON.stringify(token.text)}.`, token.position)
  }
  return undefined
}

function comparison(frame: Frame, right: Operand): Comparison {
  const left = frame.left as Operand // A right side is expected only after both.
  const sign = frame.sign as Token
  const isAny = sign.text.startsWith('?')
  return {
    kind: 'comparison',
    left,
    sign: (isAny ? sign.text.slice(1) : sign.text) as Sign, // The tokenizer knows no other signs.
    isAny,
    right,
    position: left.position,
  }
}

function addItem(frame: Frame, node: FilterNode): void {
  const last = frame.branches.at(-1)
  if (last === undefined || frame.join === '||') frame.branches.push([node])
  else last.push(node)
  frame.expects = 'join'
}

function finish(frame: Frame, end: number): FilterNode | FilterError {
  if (frame.expects !== 'join') {
    const isEmpty = frame.branches.length === 0 && frame.left === undefined
    return new FilterError(isEmpty ? 'Empty expression.' : 'Incomplete expression.', end)
  }
  return junction(
    'or',
    frame.branches.map((nodes) => junction('and', nodes)),
  )
}

function literal(token: Token): Operand | undefined {
  const { kind, text, position } = token
  if (kind === 'identifier') return { kind, name: text, position }
  if (kind === 'text') return { kind, text, position }
  if (kind !== 'number') return undefined
  return { kind, value: numberIn(text), position }
}

/** The value of a number token. One that is too large is 0. */
export function numberIn(text: string): number {
  const value = Number(text)
  return Number.isFinite(value) ? value : 0
}

/** Parses a call whose name is at `start`; `end` is the index of its closing bracket. */
function parseCall(
  tokens: readonly Token[],
  start: number,
  depth: number,
): { readonly call: FunctionCall; readonly end: number } | FilterError {
  const { text: name, position } = tokens[start] as Token // The caller has checked it.
  if (depth > maxFunctionNesting) return new FilterError('Functions nest too deeply.', position)

  const args: Operand[] = []
  let mayTakeArgument = true
  for (let i = start + 1; i < tokens.length; i += 1) {
    const token = tokens[i] as Token // Within the loop's bound.
    if (token.kind === 'close') {
      return { call: { kind: 'function', name, args, position }, end: i }
    }
    if (token.kind === 'comma' && !mayTakeArgument) {
      mayTakeArgument = true
      continue
    }

    let argument = literal(token)
    if (token.kind === 'call') {
      const nested = parseCall(tokens, i, depth + 1)
      if (nested instanceof FilterError) return nested
      argument = nested.call
      i = nested.end
    }
    if (argument === undefined || !mayTakeArgument) {
      return new FilterError(`Unexpected ${JSON.stringify(token.text)}.`, token.position)
    }
    args.push(argument)
    mayTakeArgument = false
  }
  return new FilterError(`Unclosed arguments of ${JSON.stringify(name)}.`, position)
}
