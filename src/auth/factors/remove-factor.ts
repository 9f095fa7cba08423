import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { abortWith } from '#database/abort.ts'
import { after, constant, type Plan } from '#database/query.ts'
import { recoveryCodesTable, totpsTable } from '#database/schema.ts'
import { hasConfirmed, ownedBy } from '#database/second-factors.ts'
import { keepSession } from '#database/session-overrides.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newTokenKey } from '#kernel/random.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { Background, KeyValueStore } from '#platform/bindings.ts'
import { columnOf } from '#records/identifiers.ts'
import { requestInfoOf } from '#records/request-info.ts'
import { stepUpError, stepUpGuard } from '#records/step-up.ts'
import { authErrors } from '#auth/errors.ts'
import { removeOthers } from '#auth/sessions/end-other-sessions.ts'
import type { AuthRequest } from '#auth/sign-in/auth-response.ts'
import { deleteOneTimeCodes, replaceTokenKey } from '#auth/store.ts'
import { factorHolder, type FactorHolder } from './factor-owner.ts'
import { canDoWithout, isDemanded } from './factor-policy.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly background: Background
  readonly mail: RequestMail
}

/** A request to remove a factor of the caller, or of a record for superusers. */
export interface RemovalRequest extends AuthRequest {
  readonly recordId: string | undefined
  readonly factorId: string
}

const missing = 'factor:missing'
const last = 'factor:last'

/**
 * Removes a factor. The owner must have proved their identity recently, by a second factor, and
 * keeps the last factor that the collection demands. A superuser removes any factor of other
 * accounts. All other sessions of the account end, and its owner is told. Recovery codes go with the
 * last factor.
 *
 * Database: 1 batch. KV: 1 read; after the response 1 list and a write for each session.
 *
 * @throws {ApiError} As `sessionOwner`; `stepUpRequired`, `notFound`, `lastFactor`
 */
export async function removeFactor(ports: Ports, request: RemovalRequest): Promise<void> {
  const holder = await ports.transactor.write((context) => {
    ports.rateLimiter.count(context)
    return planRemoval(context, request)
  })
  ports.background.run(removeOthers(ports.sessions, holder))
  ports.mail.deliver()
}

function planRemoval(context: PlanContext, request: RemovalRequest): Plan<FactorHolder> {
  const holder = factorHolder(context, request.collection, request.recordId)
  const { collection, recordId, caller, isOwn } = holder
  const { now } = context
  const isNamed = sql`"id" = ${request.factorId} AND ${ownedBy(holder)}`
  const others = sql`EXISTS (SELECT 1 FROM ${totpsTable}
    WHERE ${ownedBy(holder)} AND "confirmed" = 1 AND "id" != ${request.factorId})`
  const isDemandedLast = sql`(SELECT (${isDemanded(context, requestInfoOf(context, request.info), collection)})
      AND NOT ${others} AND NOT ${canDoWithout(collection)}
    FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId})`
  const tokenKey = newTokenKey()
  return {
    ...after(
      [
        ...(isOwn ? [stepUpGuard({ collection, caller, now })] : []),
        abortWith(sql`CASE
          WHEN NOT EXISTS (SELECT 1 FROM ${totpsTable} WHERE ${isNamed}) THEN ${missing}
          ${isOwn ? sql`WHEN ${isDemandedLast} THEN ${last}` : sql``} END`),
        sql`DELETE FROM ${totpsTable} WHERE ${isNamed}`,
        sql`DELETE FROM ${recoveryCodesTable} WHERE ${ownedBy(holder)} AND NOT ${hasConfirmed(holder)}`,
        replaceTokenKey(collection, recordId, tokenKey),
        ...(isOwn ? [keepSession(caller, tokenKey, sql`TRUE`)] : []),
        deleteOneTimeCodes(collection, recordId),
        ...mailOwner(context, request, holder, 'removed'),
      ],
      constant(holder),
    ),
    errorFor: (failure) => {
      const message = failure.kind === 'aborted' ? failure.message : ''
      if (message === missing) return new ApiError(commonErrors.notFound)
      if (message === last) return new ApiError(authErrors.lastFactor)
      return stepUpError(failure, collection) ?? new Error('Undone batch', { cause: failure })
    },
  }
}
