/*
 * Finds what is valid in a rule, and rarely meant. A comment `// lint-ok: code` in the rule silences a
 * warning.
 */
import type { Comparison, FilterNode, Operand } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

/** The kinds of warnings. */
const warningCodes = [
  'open-write',
  'constant',
  'guest-equals-empty',
  'all-of-many',
  'unchanged-body',
  'client-alone',
  'view-past-rule',
] as const

/** A kind of warning. */
export type WarningCode = (typeof warningCodes)[number]

/** A collection, as warnings see it. */
export interface WarnedCollection {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly fields: readonly {
    readonly name: string
    readonly type: string
    readonly required?: boolean
    readonly maxSelect?: number
    readonly collectionId?: string
  }[]
  readonly viewQuery?: string
  readonly [option: string]: unknown
}

/** The warnings about a rule of a collection, each kind once. */
export function ruleWarnings(
  collection: WarnedCollection,
  ruleName: string,
  collections: readonly WarnedCollection[],
): readonly WarningCode[] {
  const rule = collection[ruleName]
  if (typeof rule !== 'string') return []
  const parsed = rule === '' ? undefined : parseFilter(rule)
  const filter = parsed?.ok === true ? parsed.filter : undefined
  const comparisons = filter === undefined ? [] : comparisonsOf(filter)
  const finds: Readonly<Record<WarningCode, () => boolean>> = {
    'open-write': () => rule === '' && writes.has(ruleName) && !isSignUp(collection, ruleName),
    constant: () => comparisons.some(isConstant),
    'guest-equals-empty': () => filter !== undefined && letsGuestsIn(filter, collection),
    'all-of-many': () => comparisons.some((each) => comparesAll(each, collection, collections)),
    'unchanged-body': () => ruleName === 'updateRule' && comparisons.some(readsBody),
    'client-alone': () => comparisons.length > 0 && comparisons.every(readsClientOnly),
    'view-past-rule': () => leadsPastRule(collection, ruleName, collections),
  }
  return warningCodes.filter((code) => finds[code]() && !rule.includes(`lint-ok: ${code}`))
}

const writes = new Set(['createRule', 'updateRule', 'deleteRule'])

/** Anyone may create an account where users sign up. */
function isSignUp({ type }: WarnedCollection, ruleName: string): boolean {
  return type === 'auth' && ruleName === 'createRule'
}

function comparisonsOf(node: FilterNode): Comparison[] {
  return node.kind === 'comparison' ? [node] : node.nodes.flatMap(comparisonsOf)
}

/** Names in an operand, also in the arguments of a function. */
function namesOf(operand: Operand): string[] {
  if (operand.kind === 'function') return operand.args.flatMap(namesOf)
  return operand.kind === 'identifier' ? [operand.name] : []
}

const literalNames = new Set(['true', 'false', 'null'])

function isLiteral(operand: Operand): boolean {
  if (operand.kind === 'identifier') return literalNames.has(operand.name.toLowerCase())
  return operand.kind === 'text' || operand.kind === 'number'
}

/** A comparison of two literals, or of a name with itself. */
function isConstant({ left, right }: Comparison): boolean {
  if (isLiteral(left) && isLiteral(right)) return true
  return left.kind === 'identifier' && right.kind === 'identifier' && left.name === right.name
}

/**
 * True if a field that may be empty equals a value of the caller, which is empty for a guest, and
 * nothing beside it requires an account.
 */
function letsGuestsIn(node: FilterNode, collection: WarnedCollection): boolean {
  if (node.kind !== 'comparison') {
    if (node.kind === 'and' && node.nodes.some(requiresAccount)) return false
    return node.nodes.some((part) => letsGuestsIn(part, collection))
  }
  if (node.sign !== '=' || requiresAccount(node)) return false
  const [left = '', right = ''] = [node.left, node.right].map((side) =>
    side.kind === 'identifier' ? side.name : '',
  )
  const other = left.startsWith('@request.auth.') ? right : left
  const isOfCaller = [left, right].some((name) => name.startsWith('@request.auth.'))
  const field = collection.fields.find(({ name }) => name === other)
  return (
    isOfCaller &&
    other !== '' &&
    !other.startsWith('@') &&
    field?.required !== true &&
    other !== 'id'
  )
}

/** True if a comparison fails for a guest: a value of the caller that is not empty. */
function requiresAccount(node: FilterNode): boolean {
  if (node.kind !== 'comparison') {
    return node.kind === 'and'
      ? node.nodes.some(requiresAccount)
      : node.nodes.every(requiresAccount)
  }
  const sides = [node.left, node.right]
  const isOfCaller = sides.some((side) =>
    namesOf(side).some((name) => name.startsWith('@request.auth.')),
  )
  const literal = sides.find(isLiteral)
  if (!isOfCaller || literal === undefined) return false
  const isEmpty = literal.kind === 'text' ? literal.text === '' : isName(literal, 'null')
  return node.sign === '!=' ? isEmpty : node.sign === '=' && !isEmpty && !isName(literal, 'false')
}

function isName(operand: Operand, name: string): boolean {
  return operand.kind === 'identifier' && operand.name.toLowerCase() === name
}

/** True if a plain sign compares all values of a path through several records. */
function comparesAll(
  { left, right, isAny }: Comparison,
  collection: WarnedCollection,
  collections: readonly WarnedCollection[],
): boolean {
  if (isAny) return false
  return [left, right].some((side) =>
    namesOf(side).some((name) => isThroughMany(name.split('.'), collection, collections)),
  )
}

function isThroughMany(
  [first = '', ...rest]: readonly string[],
  collection: WarnedCollection | undefined,
  collections: readonly WarnedCollection[],
): boolean {
  if (first === '@collection') return true
  if (collection === undefined || first.startsWith('@')) return false
  if (first.endsWith(':each')) return true
  if (rest.length === 0) return false
  if (first.includes('_via_')) return true
  const field = collection.fields.find(({ name }) => name === first)
  if (field?.type !== 'relation') return false
  const target = collections.find(({ id }) => id === field.collectionId)
  return (field.maxSelect ?? 1) > 1 || isThroughMany(rest, target, collections)
}

/** True if a submitted value is compared, which an update that leaves it out does not have. */
function readsBody({ left, right }: Comparison): boolean {
  return [left, right]
    .flatMap(namesOf)
    .some(
      (name) =>
        /^@request\.body\.\w+$/.test(name) ||
        /^@request\.body\.\w+:(?:lower|each|length)$/.test(name),
    )
}

/** True if a comparison reads nothing but what any client can send. */
function readsClientOnly({ left, right }: Comparison): boolean {
  const names = [left, right].flatMap(namesOf).filter((name) => !literalNames.has(name))
  return names.length > 0 && names.every((name) => /^@request\.(?:headers|query)\./.test(name))
}

/** True if a view shows records of a collection that only superusers may list. */
function leadsPastRule(
  { type, viewQuery }: WarnedCollection,
  ruleName: string,
  collections: readonly WarnedCollection[],
): boolean {
  if (type !== 'view' || ruleName !== 'listRule') return false
  const sources = [...(viewQuery ?? '').matchAll(/\b(?:from|join)\s+[`"[]?(\w+)/gi)].map(
    ([, name = '']) => name.toLowerCase(),
  )
  return collections.some(
    ({ name, type: source, listRule }) =>
      source !== 'view' && listRule === null && sources.includes(name.toLowerCase()),
  )
}
