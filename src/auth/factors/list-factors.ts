import { sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { all, map, one, type Plan } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { countRecoveryCodes, selectTotps } from '#database/second-factors.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { columnOf } from '#records/identifiers.ts'
import { requestInfoOf } from '#records/request-info.ts'
import type { SessionsRequest } from '#auth/sessions/session-owner.ts'
import { type FactorItem, factorItem } from './factor-json.ts'
import { factorHolder } from './factor-owner.ts'
import { isDemanded } from './factor-policy.ts'

/** The second factors of an account. */
export interface FactorList {
  readonly items: readonly FactorItem[]
  /** The number of unused recovery codes. */
  readonly recoveryCodes: number
  /** True if the collection demands a second factor of this account. */
  readonly required: boolean
}

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
}

/** A request about the factors of the caller, or of a record for superusers. */
export interface FactorsRequest extends SessionsRequest {
  readonly info: RequestInfo
}

/**
 * Lists the second factors of an account, oldest first.
 *
 * Database: 1 batch. KV: 1 read.
 *
 * @throws {ApiError} As `sessionOwner`, and `notFound` if the record does not exist.
 */
export async function listFactors(
  { transactor, rateLimiter }: Ports,
  request: FactorsRequest,
): Promise<FactorList> {
  return await transactor.read((context) => {
    rateLimiter.count(context)
    return planList(context, request)
  })
}

function planList(context: PlanContext, request: FactorsRequest): Plan<FactorList> {
  const holder = factorHolder(context, request.collection, request.recordId)
  const { collection, recordId } = holder
  const caller = requestInfoOf(context, request.info)
  const account = sql`SELECT ${countRecoveryCodes(holder)} AS "codes",
    (${isDemanded(context, caller, collection)}) AS "isDemanded"
    FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId}`
  const found = all({
    totps: selectTotps(holder, context.now),
    account: one(account, ([row]) => row),
  })
  return map(found, ({ totps, account: row }) => {
    if (row === undefined) throw new ApiError(commonErrors.notFound)
    return {
      items: totps.map(factorItem),
      recoveryCodes: readNumber(row, 'codes'),
      required: row['isDemanded'] === 1,
    }
  })
}
