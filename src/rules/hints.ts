import type { Comparison, Operand } from '#filter/syntax/ast.ts'
import type { InspectedComparison } from '#filter/inspect.ts'
import type { ComparedValues } from './compared-values.ts'
import type { RuleToExplain, TreeNode } from './rule-tree.ts'
import { masked } from './secrets.ts'

/** A comparison, and what is known of it. */
interface HintContext {
  readonly node: Comparison
  readonly values: ComparedValues
  readonly holds: boolean | null
  readonly inspected: InspectedComparison | undefined
}

/** Explains what often surprises in a comparison; undefined if nothing does. */
export function hintOf(rule: RuleToExplain, context: HintContext): string | undefined {
  const { node, values, holds, inspected } = context
  if (holds === null) return 'Choose a record: this comparison reads one.'
  if (values.left === masked || values.right === masked) return 'Secrets are not shown.'
  const isMultiple = inspected?.left.isMultiple === true || inspected?.right.isMultiple === true
  if (isMultiple && !holds) {
    const found = [values.leftValues, values.rightValues].flatMap((list) => list ?? [])
    if (found.every(isEmpty)) return 'There is no related record.'
    if (!node.isAny && values.failing !== undefined) {
      return `${node.sign} asks all values. ?${node.sign} asks for one.`
    }
  }
  const operands = [node.left, node.right]
  if (rule.viewer.auth === undefined && operands.some(readsCaller)) {
    const isBoth = isEmpty(values.left) && isEmpty(values.right)
    return isBoth && holds
      ? 'The caller is a guest, and both sides are empty.'
      : 'The caller is a guest, so @request.auth is empty.'
  }
  const missing = operands.map((operand) => missingName(rule, operand)).find(Boolean)
  if (missing !== undefined) return missing
  return !holds && (isEmpty(values.left) || isEmpty(values.right)) && isOrder(node)
    ? 'An empty value has no order.'
    : undefined
}

/** Explains a group whose parts hold for different records. */
export function groupHint(
  kind: 'and' | 'or',
  holds: boolean | null,
  nodes: readonly TreeNode[],
): string | undefined {
  const isSplit = kind === 'and' && holds === false && nodes.every((node) => node.holds === true)
  return isSplit
    ? 'Each part holds, but no single related record satisfies all of them.'
    : undefined
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function isOrder({ sign }: Comparison): boolean {
  return sign.startsWith('<') || sign.startsWith('>')
}

function readsCaller(operand: Operand): boolean {
  if (operand.kind === 'function') return operand.args.some(readsCaller)
  return operand.kind === 'identifier' && operand.name.startsWith('@request.auth.')
}

/** Names a part of the request that it does not have. */
function missingName({ viewer }: RuleToExplain, operand: Operand): string | undefined {
  if (operand.kind !== 'identifier') return undefined
  const [, source, key = ''] = /^@request\.(\w+)\.(\w+)/.exec(operand.name) ?? []
  const isUnmodified = !operand.name.includes(':')
  if (source === 'body' && isUnmodified && !Object.hasOwn(viewer.body, key)) {
    return `The request's body has no ${key}.`
  }
  if (source === 'query' && isUnmodified && !Object.hasOwn(viewer.query, key)) {
    return `The request has no parameter ${key}.`
  }
  if (source === 'headers' && isUnmodified && !Object.hasOwn(viewer.headers, key)) {
    return `The request has no header ${key}.`
  }
  const account = viewer.auth?.collection
  const isField = key.includes('_via_') || account?.field(key) !== undefined || ownKeys.has(key)
  return source === 'auth' && account !== undefined && !isField
    ? `Accounts of ${account.name} have no field ${key}.`
    : undefined
}

const ownKeys = new Set(['id', 'collectionId', 'collectionName'])
