import type { Comparison, FilterNode, Operand } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import type { FilterPlace } from './read-rule.ts'

/** A rule as a sentence; undefined while it cannot be read. */
export function ruleInWords(rule: string, place: FilterPlace = 'rule'): string | undefined {
  const parsed = parseFilter(rule)
  if (!parsed.ok) return undefined
  const text = nodeInWords(parsed.filter)
  return t.rules[place === 'event' ? 'sent' : 'allowed']({ condition: text })
}

function nodeInWords(node: FilterNode, outer?: 'and' | 'or'): string {
  if (node.kind === 'comparison') return comparisonInWords(node)
  const joined = node.nodes.map((one) => nodeInWords(one, node.kind)).join(t.rules[node.kind])
  return outer === undefined || outer === node.kind ? joined : `(${joined})`
}

function comparisonInWords({ left, sign, isAny, right }: Comparison): string {
  const [one, other] = [isCaller(left), isCaller(right)]
  if (sign === '!=' && one && isEmpty(right)) return t.rules.signedIn
  if (sign === '=' && one && isEmpty(right)) return t.rules.guest
  if (sign === '=' && (one || other)) {
    return t.rules.isCaller({ name: operandInWords(one ? right : left), isAny })
  }
  if (right.kind === 'text' && right.text === '' && (sign === '=' || sign === '!=')) {
    return t.rules[sign === '=' ? 'isEmpty' : 'isFilled']({ name: operandInWords(left) })
  }
  const [subject, object] = [operandInWords(left), operandInWords(right)]
  return t.rules.compare({ subject, sign: t.rules.signs[sign], object, isAny })
}

function isCaller(operand: Operand): boolean {
  return operand.kind === 'identifier' && operand.name === '@request.auth.id'
}

function isEmpty(operand: Operand): boolean {
  return operand.kind === 'text' && operand.text === ''
}

function operandInWords(operand: Operand): string {
  switch (operand.kind) {
    case 'text':
      return `“${operand.text}”`
    case 'number':
      return String(operand.value)
    case 'function':
      return `${operand.name}(${operand.args.map(operandInWords).join(', ')})`
    case 'identifier':
      return nameInWords(operand.name)
  }
}

function nameInWords(name: string): string {
  const [path = '', modifier] = name.startsWith('@collection') ? [name] : name.split(':')
  const { ofCaller, ofBody, former, modified } = t.rules
  const words = path.startsWith('@request.auth.')
    ? ofCaller({ name: path.slice('@request.auth.'.length) })
    : path.startsWith('@request.body.')
      ? ofBody({ name: path.slice('@request.body.'.length) })
      : path.startsWith('@old.')
        ? former({ name: path.slice('@old.'.length) })
        : path
  const change = modifier === undefined ? undefined : modified[modifier]
  return change === undefined ? words : change({ name: words })
}
