import { sql } from 'drizzle-orm'
import { openRequest, type RequestInput } from '#filter/open-request.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { CompiledPlan } from '#database/plan-cache.ts'
import type { PlanInput } from '#database/plan-input.ts'
import type { Plan, Query } from '#database/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { accessTo } from '#records/access.ts'
import { columnOf } from '#records/identifiers.ts'
import type { ExpandAllowance } from '#records/expand-allowance.ts'
import { compileSelect } from './record-select.ts'
import type { RecordJson } from './record-shape.ts'
import { requestInfoOf } from '#records/request-info.ts'

/**
 * Plans the view of one record. A record without access counts as missing.
 *
 * Database: 1 batch of 1 statement.
 *
 * @param required conditions of the application
 * @throws {ApiError} `superusersOnly`, `notFound`, `expandTooLarge`
 */
export function planView(
  context: PlanContext,
  collection: Collection,
  info: RequestInfo,
  id: string,
  required: readonly string[] = [],
): Plan<RecordJson> {
  const { collections } = context.catalog
  const expand = info.query['expand'] ?? ''
  return collections.plans.plan(
    ['view', collection.id, expand, ...required],
    { request: requestInfoOf(context, info), now: context.now, id },
    (input) => compileView(collections, input, { collection, expand, required }),
  )
}

/** The values of a request that its compiled plan leaves open. */
interface ViewInput extends RequestInput {
  readonly id: string
}

interface ViewShape {
  readonly collection: Collection
  readonly expand: string
  readonly required: readonly string[]
}

function compileView(
  collections: CollectionSet,
  input: PlanInput<ViewInput>,
  { collection, expand, required }: ViewShape,
): CompiledPlan<ViewInput, RecordJson> {
  const viewer = openRequest(input)
  const id = input.open((values) => values.id)
  const access = accessTo(collections, viewer, {
    rule: collection.rules.view,
    required,
    base: {
      collection,
      alias: collection.name,
      where: sql`${columnOf(collection.name, 'id')} = ${id.sql}`,
    },
  })
  const rule = `${collection.name}.viewRule`
  if (!access.isGranted) {
    throw new ApiError(access.reason === 'locked' ? access.error : commonErrors.notFound, { rule })
  }
  const source = {
    collection,
    isDistinct: access.isDistinct,
    with: access.with,
    from: sql`FROM ${sql.identifier(collection.name)} ${access.joins} WHERE ${access.where}`,
  }
  const select = compileSelect(collections, viewer, source, { expand, onExcess: 'refuse' })
  return {
    statements: [select.statement],
    read: ([rows = []], { request }) => {
      const [record] = select.read(rows, request)
      if (record === undefined) throw new ApiError(commonErrors.notFound, { rule })
      return record
    },
  }
}

/** Reads a record whatever its rules, for the response to a write or a sign-in. */
export function selectRecord(
  { catalog: { collections }, now, allowance }: RecordContext,
  viewer: RequestInfo,
  collection: Collection,
  id: string,
  expand = '',
): Query<RecordJson | undefined> {
  return collections.plans.plan(
    ['record', collection.id, expand],
    { request: viewer, now, id, allowance },
    (input) => compileRecord(collections, input, { collection, expand }),
  )
}

type RecordContext = PlanContext & { readonly allowance?: ExpandAllowance }

interface RecordInput extends ViewInput {
  readonly allowance: ExpandAllowance | undefined
}

function compileRecord(
  collections: CollectionSet,
  input: PlanInput<RecordInput>,
  { collection, expand }: { readonly collection: Collection; readonly expand: string },
): CompiledPlan<RecordInput, RecordJson | undefined> {
  const id = input.open((values) => values.id)
  const source = {
    collection,
    isDistinct: false,
    from: sql`FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${id.sql}`,
  }
  // The write has happened by then, so its response does not fail because of its size.
  const expansion = { expand, onExcess: 'omit' } as const
  const select = compileSelect(collections, openRequest(input), source, expansion)
  return {
    statements: [select.statement],
    read: ([rows = []], { request, allowance }) => select.read(rows, request, allowance)[0],
  }
}
