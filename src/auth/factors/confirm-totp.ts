import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless } from '#database/abort.ts'
import { after, all, map, one, type Plan, type Query, rowsOf } from '#database/query.ts'
import { totpsTable } from '#database/schema.ts'
import {
  type EnteredCode,
  hasConfirmed,
  isCodeUnused,
  ownedBy,
  replaceRecoveryCodes,
  selectTotps,
  type StoredTotp,
  useCode,
} from '#database/second-factors.ts'
import { keepSession } from '#database/session-overrides.ts'
import { assertValid, firstIssue, issuesOf, length, required } from '#go-compat/validation-rules.ts'
import type { Caller } from '#http/caller.ts'
import { provenAgain } from '#http/session-facts.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newTokenKey } from '#kernel/random.ts'
import { columnOf } from '#records/identifiers.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoAs } from '#records/request-info.ts'
import { stepUpError, stepUpGuard } from '#records/step-up.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import type { WithForm } from '#auth/form-request.ts'
import { requireCollection } from '#auth/guards.ts'
import { removeOthers } from '#auth/sessions/end-other-sessions.ts'
import { type RenewalPorts, renewToken } from '#auth/sessions/renew-token.ts'
import type { SignInRequest } from '#auth/sign-in/auth-response.ts'
import { completeSignIn } from '#auth/sign-in/complete-sign-in.ts'
import type { FactorPorts } from '#auth/sign-in/with-totp.ts'
import { deleteOneTimeCodes, replaceTokenKey, selectAccount } from '#auth/store.ts'
import { challengedRecord, type FoundChallenge, selectChallenge } from './challenge.ts'
import { enteredCode } from './enter-code.ts'
import { type FactorItem, factorItem } from './factor-json.ts'
import { enrollingCaller, requireTotp } from './factor-owner.ts'
import { mayEnrolAtSignIn } from './factor-policy.ts'
import { hashesOf, newCodes } from './new-recovery-codes.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { requireChallenge } from './require-challenge.ts'

/** The body to confirm an authenticator. */
export const confirmForm = lazy(() =>
  z.object({
    code: z.string().default(''),
    endOtherSessions: z.boolean().default(false),
  }),
)

type ConfirmForm = z.output<ReturnType<typeof confirmForm>>

type Ports = FactorPorts & RenewalPorts

/** A request to confirm an authenticator. */
export interface ConfirmRequest extends SignInRequest, WithForm<ConfirmForm> {
  readonly factorId: string
}

/** The confirmed authenticator, and the account with a token that proves it. */
export interface Confirmation {
  readonly factor: FactorItem
  /** Only with the first factor of an account, shown this once. */
  readonly recoveryCodes?: readonly string[]
  readonly record: RecordJson
  readonly token: string
}

/** Enrolling may take longer than the proof it began with is recent. */
const graceSeconds = 15 * 60

/** The authenticator of a request, and its owner. */
interface Attempt {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly form: ConfirmForm
  readonly totps: readonly StoredTotp[]
  /** Undefined for a caller with a token. */
  readonly challenge: FoundChallenge | undefined
  readonly now: Date
}

/**
 * Confirms an authenticator with one of its codes. From then on it is a second factor. The first one
 * of an account comes with recovery codes. Under a challenge this completes the sign-in.
 *
 * Database: 2 batches. KV: 1 read and at most 1 write for a token, 1 write for a challenge.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `totpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `notFound`, `factorCodeInvalid`, `stepUpRequired`, `mfaExpired`, `mfaForeign`, `unavailable`,
 *   and as `completeSignIn`
 */
export async function confirmTotp(ports: Ports, request: ConfirmRequest): Promise<Confirmation> {
  const attempt = await ports.transactor.write((context) => planAttempt(context, request, ports))
  const { code } = attempt.form
  const entered = await enteredCode(ports.keys, attempt, attempt.totps, { ...attempt, code })
  if (entered === undefined) throw wrongCode()
  return attempt.challenge === undefined
    ? await confirmInSession(ports, request, attempt, entered)
    : await confirmAtSignIn(ports, request, { ...attempt, challenge: attempt.challenge }, entered)
}

function wrongCode(): ApiError {
  const { code, message } = authErrors.factorCodeInvalid
  return new ApiError(authErrors.factorCodeInvalid, { issues: { code: { code, message } } })
}

async function planAttempt(
  context: PlanContext,
  request: ConfirmRequest,
  { rateLimiter }: Ports,
): Promise<Plan<Attempt>> {
  const { now } = context
  const { factorId } = request
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['confirmFactor', 'auth'] }
  return await rateLimiter.attempt(context, target, async () => {
    const form = await request.form()
    const mfaId = await request.mfaId()
    const isOwn = mfaId === ''
    const collection = requireTotp(context, request.collection)
    const caller = isOwn ? enrollingCaller(context, request.collection) : undefined
    assertValid(issuesOf({ code: firstIssue(form.code, required, length(1, 71)) }))
    const recordId = caller?.recordId ?? challengedRecord(collection, mfaId, now)
    const isNew = sql`"id" = ${factorId} AND "confirmed" = 0`
    const found = all({
      challenge: selectChallenge(collection, mfaId, now),
      totps: selectTotps({ collection, recordId }, now, isNew),
    })
    const plan = map(found, ({ challenge, totps }) => {
      const current = isOwn ? undefined : requireChallenge(challenge)
      if (totps.length === 0) throw new ApiError(commonErrors.notFound)
      const owner = caller?.recordId ?? challenge.recordId
      return { collection, recordId: owner, form, totps, challenge: current, now }
    })
    return { plan, account: factorId }
  })
}

/** The statements that make an authenticator a factor of its account. */
function addFactor(
  context: PlanContext,
  request: ConfirmRequest,
  { collection, recordId }: Attempt,
  entered: EnteredCode,
): ReturnType<typeof useCode> {
  const owner = { collection, recordId }
  return [
    ...useCode(owner, entered, context.now),
    sql`UPDATE ${totpsTable} SET "confirmed" = 1 WHERE "id" = ${entered.totp.id}`,
    // Another person may have begun to enrol one.
    sql`DELETE FROM ${totpsTable} WHERE ${ownedBy(owner)} AND "confirmed" = 0`,
    ...mailOwner(context, request, owner, 'added'),
  ]
}

function confirmed({ totp }: EnteredCode, now: Date): FactorItem {
  return factorItem({ ...totp, isConfirmed: true, lastUsed: formatDate(now) })
}

/** The abort of a request that another one with the same code has overtaken. */
const overtaken = 'factor:overtaken'

async function confirmInSession(
  ports: Ports,
  request: ConfirmRequest,
  attempt: Attempt,
  entered: EnteredCode,
): Promise<Confirmation> {
  const codes = newCodes()
  const { endOtherSessions } = attempt.form
  const done = await ports.transactor.write((context) =>
    planConfirmation(context, request, attempt, { entered, codes }),
  )
  ports.mail.deliver()
  const { collection, caller, tokenKey, record, isFirst, now } = done
  if (endOtherSessions) {
    const owner = { collection, recordId: caller.recordId, caller }
    ports.background.run(removeOthers(ports.sessions, owner))
  }
  const facts = provenAgain(caller.facts, 'totp', { now, isSecond: true })
  return {
    factor: confirmed(entered, now),
    ...(isFirst && { recoveryCodes: codes }),
    record,
    token: await renewToken(ports, { collection, caller, tokenKey, facts, now }),
  }
}

interface Confirmed {
  readonly collection: AuthCollection
  readonly caller: Caller
  readonly record: RecordJson
  readonly tokenKey: string
  readonly isFirst: boolean
  readonly now: Date
}

async function planConfirmation(
  context: PlanContext,
  request: ConfirmRequest,
  attempt: Attempt,
  { entered, codes }: { readonly entered: EnteredCode; readonly codes: readonly string[] },
): Promise<Plan<Confirmed>> {
  const { now } = context
  const { collection, caller, recordId } = enrollingCaller(context, request.collection)
  const owner = { collection, recordId }
  const hashes = await hashesOf(collection.id, recordId, codes)
  const tokenKey = newTokenKey()
  const viewer = requestInfoAs(collection, recordId, request.info)
  const change: Query<unknown> = rowsOf([
    ...replaceRecoveryCodes(owner, hashes, now, sql`NOT ${hasConfirmed(owner)}`),
    ...addFactor(context, request, { ...attempt, collection, recordId }, entered),
    ...(attempt.form.endOtherSessions
      ? [
          replaceTokenKey(collection, recordId, tokenKey),
          keepSession(caller, tokenKey, sql`TRUE`),
          deleteOneTimeCodes(collection, recordId),
        ]
      : []),
  ])
  const steps = all({
    isFirst: one(
      sql`SELECT NOT ${hasConfirmed(owner)} AS "isFirst"`,
      ([row]) => row?.['isFirst'] === 1,
    ),
    change,
    account: selectAccount(collection, recordId, context.now),
    record: selectRecord(context, viewer, collection, recordId, request.info.query['expand']),
  })
  const guards = [
    stepUpGuard({ collection, caller, now, grace: graceSeconds }),
    abortUnless(isCodeUnused(owner, entered), overtaken),
  ]
  return {
    ...map(after(guards, steps), ({ isFirst, account, record }) => {
      if (account === undefined || record === undefined) throw new ApiError(commonErrors.notFound)
      return { collection, caller, record, tokenKey: account.tokenKey, isFirst, now }
    }),
    errorFor: (failure) =>
      failure.kind === 'aborted' && failure.message === overtaken
        ? wrongCode()
        : (stepUpError(failure, collection) ?? new Error('Undone batch', { cause: failure })),
  }
}

async function confirmAtSignIn(
  ports: Ports,
  request: ConfirmRequest,
  attempt: Attempt & { readonly challenge: FoundChallenge },
  entered: EnteredCode,
): Promise<Confirmation> {
  const codes = newCodes()
  const { recordId, challenge } = attempt
  const answer = await completeSignIn(ports, request, async (context) => {
    const collection = requireTotp(context, request.collection)
    const owner = { collection, recordId }
    const mayEnrol = sql`(SELECT ${mayEnrolAtSignIn(collection, challenge.method)}
      FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId})`
    const hashes = await hashesOf(collection.id, recordId, codes)
    return {
      collection,
      recordId,
      method: 'totp',
      // The account may have got a factor since. Then the challenge is answered with that one.
      holds: sql`(${isCodeUnused(owner, entered)} AND ${mayEnrol})`,
      refusal: authErrors.enrolmentRefused,
      effects: rowsOf([
        ...replaceRecoveryCodes(owner, hashes, context.now),
        ...addFactor(context, request, { ...attempt, collection }, entered),
        ...(attempt.form.endOtherSessions
          ? [
              replaceTokenKey(collection, recordId, newTokenKey()),
              deleteOneTimeCodes(collection, recordId),
            ]
          : []),
      ]),
      addressee: undefined,
      isMailing: true,
    }
  })
  // An answer to a challenge is not challenged again.
  if ('mfaId' in answer) throw new ApiError(authErrors.authenticationFailed)
  return { factor: confirmed(entered, attempt.now), recoveryCodes: codes, ...answer }
}
