import type { Value } from '#database/value.ts'
import type { OpenLiterals } from './filter-shape.ts'
import type { Comparison, FilterNode, Identifier, Operand } from '#filter/syntax/ast.ts'
import type { Rows } from '#filter/sql/compare.ts'
import { compare } from '#filter/sql/compare.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { Formula } from '#filter/sql/formula.ts'
import { connect } from '#filter/sql/formula.ts'
import { resolveCall } from './functions.ts'
import { macroOperand } from './macros.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { boundNumber, boundText, nothing, truth } from '#filter/sql/operand.ts'

/** The meaning of names where a filter is used. */
export interface Vocabulary {
  readonly rows: Rows
  /** The time that macros refer to. */
  readonly now: Value<Date>
  resolve(name: string, position: number): ResolvedOperand | FilterError
  /** The literals that are not compiled in; by default none. */
  readonly literals?: OpenLiterals | undefined
}

/** Compiles a filter to a formula, or returns the first error in it. */
export function compileFilter(filter: FilterNode, words: Vocabulary): Formula | FilterError {
  if (filter.kind === 'comparison') return compileComparison(filter, words)

  const formulas: Formula[] = []
  for (const node of filter.nodes) {
    const compiled = compileFilter(node, words)
    if (compiled instanceof FilterError) return compiled
    formulas.push(compiled)
  }
  const [first, ...others] = formulas as [Formula, ...Formula[]] // A junction has at least two nodes.
  return connect(filter.kind, first, ...others)
}

function compileComparison(comparison: Comparison, words: Vocabulary): Formula | FilterError {
  const left = resolveOperand(comparison.left, words)
  if (left instanceof FilterError) return left
  const right = resolveOperand(comparison.right, words)
  if (right instanceof FilterError) return right
  return compare({ ...comparison, left, right }, words.rows)
}

/** Resolves one side of a comparison, or returns the error in it. */
export function resolveOperand(operand: Operand, words: Vocabulary): ResolvedOperand | FilterError {
  switch (operand.kind) {
    case 'text':
      return boundText(words.literals?.(operand.position)?.map(String) ?? operand.text)
    case 'number':
      return boundNumber(words.literals?.(operand.position)?.map(Number) ?? operand.value)
    case 'function':
      return resolveCall(operand, (argument) => resolveOperand(argument, words))
    case 'identifier':
      return resolveIdentifier(operand, words)
  }
}

const constants: Readonly<Record<string, ResolvedOperand>> = {
  null: nothing,
  true: truth(true),
  false: truth(false),
}

function resolveIdentifier(
  { name, position }: Identifier,
  words: Vocabulary,
): ResolvedOperand | FilterError {
  const macro = macroOperand(name, words.now)
  if (macro !== undefined) return macro

  const resolved = words.resolve(name, position)
  if (!(resolved instanceof FilterError)) return resolved
  // A field of this name takes precedence.
  const constant = name.toLowerCase()
  return (Object.hasOwn(constants, constant) ? constants[constant] : undefined) ?? resolved
}
