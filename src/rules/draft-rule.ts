import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { inspectFilter } from '#filter/inspect.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { ruleFault } from '#filter/validate-rule.ts'
import type { RuleName } from '#filter/syntax/rule-names.ts'
import { withRule } from './explained-request.ts'
import { readsSecret } from './secrets.ts'

/** The collections as they would be with a draft rule. */
export function collectionsWith(
  { all }: CollectionSet,
  { id }: Collection,
  name: RuleName,
  rule: string,
): CollectionSet {
  return compileCollections(
    all.map(({ definition }) =>
      definition.id === id ? withRule(definition, name, rule) : definition,
    ),
  )
}

/** The longest draft, in characters. A stored rule has no limit but that of its comparisons. */
const maxLength = 20_000

/**
 * The issue of a draft rule: an error in it, with its position, or a secret that it reads. Stops a
 * draft from finding a password's hash or a token key by comparing them.
 */
export function draftIssue(
  rule: string,
  collection: Collection,
  collections: CollectionSet,
  viewer: RequestInfo,
): FieldIssue | undefined {
  if (rule === '') return undefined
  if (rule.length > maxLength) return invalid(`A draft has at most ${maxLength} characters.`, 0)
  const fault = ruleFault(rule, collection, collections)
  if (fault !== undefined) return invalid(fault.message, fault.position)

  const parsed = parseFilter(rule)
  if (!parsed.ok) return invalid(parsed.fault.message, parsed.fault.position)
  const base = { collection, alias: collection.name }
  // Fields of the caller are known only with its collection.
  const inspected = inspectFilter(parsed.filter, { catalog: collections, request: viewer, base })
  if (inspected instanceof FilterError) return invalid(inspected.message, inspected.position)
  for (const { comparison, left, right } of inspected.comparisons) {
    for (const [operand, side] of [
      [comparison.left, left],
      [comparison.right, right],
    ] as const) {
      if (!readsSecret(operand, side, collections)) continue
      return invalid('A draft cannot compare secrets.', operand.position)
    }
  }
  return undefined
}

function invalid(message: string, position: number): FieldIssue {
  return { code: 'validation_invalid_rule', message, params: { position } }
}
