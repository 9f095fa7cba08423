import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Transactor } from '#catalog/transact.ts'
import { abortWith } from '#database/abort.ts'
import { disable, enable, isDisabled } from '#database/account-states.ts'
import { after, constant, one, type Plan } from '#database/query.ts'
import { ownedBy } from '#database/second-factors.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { assertValid, issuesOf, length } from '#go-compat/validation-rules.ts'
import type { Caller } from '#http/caller.ts'
import { assertSuperuser } from '#http/guards.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError, commonErrors, type ErrorSpec, type FieldIssue } from '#kernel/errors.ts'
import { lazy } from '#kernel/lazy.ts'
import { newTokenKey } from '#kernel/random.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { Background, KeyValueStore } from '#platform/bindings.ts'
import { columnOf } from '#records/identifiers.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { authErrors } from '#auth/errors.ts'
import type { WithForm } from '#auth/form-request.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { removeOthers } from '#auth/sessions/end-other-sessions.ts'
import type { SessionOwner } from '#auth/sessions/session-owner.ts'
import type { AuthRequest } from '#auth/sign-in/auth-response.ts'
import { deleteOneTimeCodes, replaceTokenKey } from '#auth/store.ts'

/** The body to disable an account. */
export const disableForm = lazy(() =>
  z.object({
    /** For other superusers. The owner is not told. */
    reason: z.string().default(''),
    /** A date; empty for no end. */
    until: z.string().default(''),
    /** False if the owner gets no mail. */
    notify: z.boolean().default(true),
  }),
)

/** The account of a request. */
interface StateRequest extends Pick<AuthRequest, 'info' | 'clientIp'> {
  /** Id or name, as in the path. */
  readonly collection: string
  readonly recordId: string
}

/** A request to disable an account. */
export type DisableRequest = StateRequest & WithForm<z.output<ReturnType<typeof disableForm>>>

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly sessions: KeyValueStore
  readonly background: Background
  readonly mail: RequestMail
}

const refusals: Readonly<Record<string, ErrorSpec>> = {
  'state:missing': commonErrors.notFound,
  'state:last': authErrors.onlySuperuser,
}

/**
 * Disables an account until it is enabled again, or until a date. All of its sessions end, and so do
 * mailed links, one-time codes and challenges. From then on a right password, code or provider is
 * refused with `accountDisabled`, and a wrong one as ever. Records are left alone.
 *
 * Database: 1 batch. KV: 1 read; after the response 1 list and a write for each session.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `recordNotAllowed`, `validationFailed`, `ownAccount`, `notFound`, `onlySuperuser`
 */
export async function disableAccount(ports: Ports, request: DisableRequest): Promise<void> {
  const holder = await ports.transactor.write(async (context) => {
    ports.rateLimiter.count(context)
    return await planDisabling(context, request)
  })
  ports.background.run(removeOthers(ports.sessions, holder))
  ports.mail.deliver()
}

async function planDisabling(
  context: PlanContext,
  request: DisableRequest,
): Promise<Plan<SessionOwner>> {
  const { caller, now } = context
  assertSuperuser(caller)
  const collection = requireAuth(requireCollection(context, request.collection))
  const { recordId } = request
  const isOwn = caller.collectionId === collection.id && caller.recordId === recordId
  if (isOwn) throw new ApiError(authErrors.ownAccount)

  const { reason, until, notify } = await request.form()
  const end = parseDate(until)
  assertValid(
    issuesOf({
      reason: length(0, 500)(reason),
      until: until !== '' && end <= formatDate(now) ? notInTheFuture : undefined,
    }),
  )
  const account = { collection, recordId }
  return {
    ...after(
      [
        abortWith(sql`CASE WHEN NOT ${exists(account)} THEN 'state:missing'
          ${isSuperusers(collection) ? sql`WHEN NOT ${anotherCanSignIn(account, now)} THEN 'state:last'` : sql``} END`),
        disable(account, { reason, until: end, actor: actorOf(caller) }, now),
        replaceTokenKey(collection, recordId, newTokenKey()),
        deleteOneTimeCodes(collection, recordId),
        sql`DELETE FROM "_mfas" WHERE ${ownedBy(account)}`,
        ...(notify
          ? mailOwner(context, request, account, 'disabled', {
              info: end === '' ? 'until further notice' : `until ${end}`,
            })
          : []),
      ],
      constant({ collection, recordId, caller }),
    ),
    errorFor: (failure) => {
      const refusal = failure.kind === 'aborted' ? refusals[failure.message] : undefined
      return refusal === undefined
        ? new Error('Undone batch', { cause: failure })
        : new ApiError(refusal)
    },
  }
}

const notInTheFuture: FieldIssue = {
  code: 'validation_date_not_in_future',
  message: 'Must be a date in the future.',
}

/**
 * Enables an account again. It signs in as before; ended sessions stay ended.
 *
 * Database: 1 batch. KV: 1 read.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `recordNotAllowed`, `notFound` if the account does not exist
 */
export async function enableAccount(
  { transactor, rateLimiter }: Pick<Ports, 'transactor' | 'rateLimiter'>,
  { collection: idOrName, recordId }: Pick<StateRequest, 'collection' | 'recordId'>,
): Promise<void> {
  await transactor.write((context) => {
    rateLimiter.count(context)
    assertSuperuser(context.caller)
    const collection = requireAuth(requireCollection(context, idOrName))
    const account = { collection, recordId }
    const found = one(sql`SELECT ${exists(account)} AS "exists"`, ([row]) => {
      if (row?.['exists'] !== 1) throw new ApiError(commonErrors.notFound)
    })
    return after([enable(account)], found)
  })
}

interface Account {
  readonly collection: AuthCollection
  readonly recordId: string
}

function exists({ collection, recordId }: Account): SQL {
  return sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE "id" = ${recordId})`
}

function anotherCanSignIn({ collection, recordId }: Account, now: Date): SQL {
  const id = columnOf(collection.name, 'id')
  return sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)}
    WHERE ${id} != ${recordId} AND NOT ${isDisabled({ collection, recordId: id }, now)})`
}

function actorOf({ collectionId, recordId }: Caller): { collectionId: string; id: string } {
  return { collectionId, id: recordId }
}
