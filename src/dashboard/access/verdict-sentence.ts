import type { Clause, ComparisonClause, Explanation } from '#dashboard/api/explain.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { shownValue } from './shown-value.ts'

const { sentences } = t.explain

/**
 * The clause that decides: the first one that breaks a conjunction, the first one that satisfies an
 * alternative, or a group as a whole. None if all parts of the whole rule hold.
 */
export function decidingClause(tree: Clause | null): Clause | undefined {
  if (tree === null) return undefined
  return tree.kind === 'and' && tree.holds === true ? undefined : decisionIn(tree)
}

function decisionIn(clause: Clause): Clause | undefined {
  if (clause.holds === null) return undefined
  if (clause.kind === 'comparison') return clause
  const decisive = clause.kind === 'or'
  // All alternatives fail, or all parts hold: the group decides as a whole.
  if (clause.holds !== decisive) return clause
  const first = clause.nodes.find(({ holds }) => holds === decisive)
  return first === undefined ? clause : decisionIn(first)
}

/** One sentence for the outcome. */
export function sentenceOf(explanation: Explanation, action: string, record: string): string {
  const { allowed, bypass, kind, refusedBy, tree } = explanation
  if (allowed && bypass) {
    return tree?.holds === false ? sentences.bypassRefused : sentences.bypass
  }
  if (allowed) return allowedSentence(explanation, action, record)
  switch (refusedBy) {
    case 'locked':
      return sentences.locked
    case 'broken':
      return sentences.broken
    case 'record':
      return sentences.record({ record })
    case 'filter':
      return sentences.filter
    case 'request':
      return kind === 'open' || bypass ? sentences.invalid : sentences.invalidDespiteRule
    case 'rule':
    case null:
      return refusedSentence(tree)
  }
}

function allowedSentence({ kind, tree }: Explanation, action: string, record: string): string {
  if (kind === 'open') return sentences.open
  if (action === 'list' && record === '') return sentences.list
  const clause = decidingClause(tree)
  return clause?.kind === 'comparison'
    ? sentences.allowedBy({ clause: clause.text })
    : sentences.allowed
}

function refusedSentence(tree: Clause | null): string {
  const clause = decidingClause(tree)
  if (clause === undefined) return sentences.refused
  if (clause.kind === 'comparison') {
    return `${sentences.refusedBy({ clause: clause.text })} ${sidesOf(clause)}`
  }
  // A conjunction decides by itself only if each of its parts holds.
  if (clause.kind === 'and') return sentences.split
  return sentences.noAlternative({ count: clause.nodes.length })
}

function sidesOf({ left, right, leftValues, rightValues, failing }: ComparisonClause): string {
  if (failing !== undefined) return sentences.failing({ value: shownValue(failing) })
  return sentences.sides({
    left: leftValues === undefined ? shownValue(left) : leftValues.map(shownValue).join(', '),
    right: rightValues === undefined ? shownValue(right) : rightValues.map(shownValue).join(', '),
  })
}

/** The explanation as text, a line for each clause. */
export function textOf(explanation: Explanation, sentence: string): string {
  const { tree, status, message } = explanation
  const received = status === null ? [] : [`${status} ${message}`.trim()]
  return [sentence, ...received, ...(tree === null ? [] : linesOf(tree, ''))].join('\n')
}

function linesOf(clause: Clause, indent: string): string[] {
  const sign = clause.holds === null ? '·' : clause.holds ? '✓' : '✗'
  if (clause.kind === 'comparison') {
    const [left, right] = [clause.left, clause.right].map(shownValue)
    return [`${indent}${sign} ${clause.text}`, `${indent}    ${left} ${clause.sign} ${right}`]
  }
  const name = t.explain.groups[clause.kind]
  return [
    `${indent}${sign} ${name}`,
    ...clause.nodes.flatMap((node) => linesOf(node, `${indent}  `)),
  ]
}
