import { createFilterQuery } from './query.ts'
import { parseFilter } from './parse.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'

/** A request of nobody, with nothing in it. */
const emptyRequest: RequestInfo = {
  context: 'default',
  method: '',
  query: {},
  headers: {},
  body: {},
  auth: undefined,
}

/**
 * What is wrong with a rule of a collection, in words; undefined when nothing is.
 *
 * Paths below `@request.auth.` and `@request.body.<relation>.` are not looked at: whose fields they name
 * is known only when somebody asks.
 */
export function validateRule(
  rule: string,
  collection: FilterCollection,
  catalog: FilterCatalog,
): string | undefined {
  const parsed = parseFilter(rule)
  if (!parsed.ok) return parsed.fault.message

  const base = { collection, alias: collection.name }
  const query = createFilterQuery({ catalog, request: emptyRequest, base })
  const taken = query.where(parsed.filter, 'rule')
  const result = taken.ok ? query.compile() : taken
  return result.ok ? undefined : result.fault.message
}
