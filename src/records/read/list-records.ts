import { sql } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { CompiledPlan } from '#database/plan-cache.ts'
import type { PlanInput } from '#database/plan-input.ts'
import type { Plan } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { integer } from '#database/integer.ts'
import { openRequest, type RequestInput } from '#filter/open-request.ts'
import type { Literal, OpenLiterals } from '#filter/filter-shape.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { isExcess } from '#filter/query.ts'
import type { Paging } from '#http/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { accessTo, clientFilterShape } from '#records/access.ts'
import { recordErrors } from '#records/errors.ts'
import { columnOf } from '#records/identifiers.ts'
import { compileSelect } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'
import { requestInfoOf } from '#records/request-info.ts'

/** A page of records. Totals are -1 if they were not requested. */
export interface RecordPage {
  readonly items: readonly RecordJson[]
  readonly page: number
  readonly perPage: number
  readonly totalItems: number
  readonly totalPages: number
}

/** The parameters of a list. An empty string counts as absent. */
export interface ListParameters extends Paging {
  readonly filter: string
  readonly sort: string
  /** Conditions of the application. */
  readonly required?: readonly string[]
}

/** The values of a request that its compiled plan leaves open. */
interface ListInput extends RequestInput {
  readonly parameters: ListParameters
  /** The literals of the filter, if its plan serves others of the same shape. */
  readonly literals: readonly Literal[]
}

/**
 * Plans the list of a collection's records that the viewer may list, filtered, sorted and expanded.
 *
 * Database: 1 batch of 1 statement, 2 with totals.
 *
 * @throws {ApiError} `superusersOnly`, `filterByCollection`, `filterByRequest`, `filterTooBroad`, `filterTooComplex`,
 * `expandTooLarge`,
 * `badRequest`
 */
export function planList(
  context: PlanContext,
  collection: Collection,
  info: RequestInfo,
  parameters: ListParameters,
): Plan<RecordPage> {
  const { collections } = context.catalog
  const request = requestInfoOf(context, info)
  const { filter, sort, skipTotal, required = [] } = parameters
  const expand = info.query['expand'] ?? ''
  const shape = { collection, filter, sort, expand, skipTotal, required }
  const { key, literals } = clientFilterShape(filter) ?? { key: undefined, literals: [] }
  return collections.plans.plan(
    ['list', collection.id, key === undefined, key ?? filter, sort, expand, skipTotal, ...required],
    { request, now: context.now, parameters, literals },
    (input) => compileList(collections, input, { ...shape, literals }),
  )
}

/** Everything that a list's statements depend on, besides its open values. */
interface ListShape extends Pick<ListParameters, 'filter' | 'sort' | 'skipTotal'> {
  readonly collection: Collection
  readonly expand: string
  readonly required: readonly string[]
  /** The literals of this filter. */
  readonly literals: readonly Literal[]
}

function compileList(
  collections: CollectionSet,
  input: PlanInput<ListInput>,
  { collection, filter, sort, expand, skipTotal, required, literals }: ListShape,
): CompiledPlan<ListInput, RecordPage> {
  const viewer = openRequest(input)
  const access = accessTo(collections, viewer, {
    rule: collection.rules.list,
    base: { collection, alias: collection.name },
    required,
    client: {
      filter,
      sort,
      access: viewer.isSuperuser ? 'rule' : 'client',
      literals: openLiterals(input, literals),
    },
    node: 'statement',
  })
  if (!access.isGranted) {
    throw new ApiError(access.error, { rule: `${collection.name}.listRule` })
  }
  const table = sql`FROM ${sql.identifier(collection.name)} ${access.joins} WHERE ${access.where}`
  const order =
    access.order.length === 0 ? sql`` : sql` ORDER BY ${sql.join([...access.order], sql`, `)}`
  const limit = input.open(({ parameters }) => parameters.perPage)
  const offset = input.open(({ parameters: { page, perPage } }) => perPage * (page - 1))
  const source = {
    collection,
    isDistinct: access.isDistinct,
    with: access.with,
    from: sql`${table}${order} LIMIT ${integer(limit)} OFFSET ${integer(offset)}`,
  }
  const items = compileSelect(collections, viewer, source, { expand, onExcess: 'refuse' })
  const counted = access.isDistinct ? sql`DISTINCT ${columnOf(collection.name, 'id')}` : sql`*`
  const count = sql`${access.with}SELECT COUNT(${counted}) AS "total" ${table}`
  return {
    statements: skipTotal ? [items.statement] : [items.statement, count],
    read: ([rows = [], counts], { request, parameters: { page, perPage } }) => {
      const totalItems = skipTotal ? -1 : readNumber(counts?.[0], 'total')
      const totalPages = skipTotal ? -1 : Math.ceil(totalItems / perPage)
      return { items: items.read(rows, request), page, perPage, totalItems, totalPages }
    },
    explain: (error) =>
      isExcess(error) ? new ApiError(recordErrors.filterTooBroad, { cause: error }) : undefined,
  }
}

/** The literals of any filter of a shape, by their positions in this one. */
function openLiterals(input: PlanInput<ListInput>, own: readonly Literal[]): OpenLiterals {
  const places = new Map(own.map(({ position }, at) => [position, at]))
  return (position) => {
    const at = places.get(position)
    return at === undefined ? undefined : input.open(({ literals }) => literals[at]?.value ?? '')
  }
}
