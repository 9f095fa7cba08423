import type { FilterError } from '#filter/syntax/filter-error.ts'
import { createFilterQuery } from './query.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'

/** An empty request without a caller. */
const emptyRequest: RequestInfo = {
  context: 'default',
  method: '',
  query: {},
  headers: {},
  body: {},
  auth: undefined,
  isSuperuser: false,
}

/**
 * Describes the error in a rule; undefined if it is valid.
 *
 * Paths below `@request.auth.` and `@request.body.<relation>.` are not checked, because their
 * collection is known only at request time.
 */
export function validateRule(
  rule: string,
  collection: FilterCollection,
  catalog: FilterCatalog,
): string | undefined {
  return ruleFault(rule, collection, catalog)?.message
}

/** The error in a rule, with its position; undefined if the rule is valid. */
export function ruleFault(
  rule: string,
  collection: FilterCollection,
  catalog: FilterCatalog,
): FilterError | undefined {
  const parsed = parseFilter(rule)
  if (!parsed.ok) return parsed.fault

  const base = { collection, alias: collection.name }
  const query = createFilterQuery({ catalog, request: emptyRequest, base })
  const taken = query.where(parsed.filter, 'rule')
  const result = taken.ok ? query.compile() : taken
  return result.ok ? undefined : result.fault
}
