import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { isDisabled } from '#database/account-states.ts'
import { abortUnless, type BatchFailure } from '#database/abort.ts'
import { after, all, map, type Query, rowsOf } from '#database/query.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'
import { provenBy, type SessionFacts } from '#http/session-facts.ts'
import { ApiError, type ErrorSpec } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { FileStore } from '#records/write/file-store.ts'
import type { RecordFile } from '#records/write/write-with-files.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { columnOf } from '#records/identifiers.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoAs } from '#records/request-info.ts'
import { type FilePlan, writeWithFiles } from '#records/write/write-with-files.ts'
import { outcomeIs, type SignInOutcome, takeOutcome, storeOutcome } from './sign-in-outcome.ts'
import {
  admits,
  type AuthAnswer,
  callerInfo,
  type MfaChallenge,
  type SignInMethod,
  type SignInRequest,
} from './auth-response.ts'
import { planOrigin } from './auth-origins.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import { accountDisabled } from '#auth/states/account-disabled.ts'
import { authErrors } from '#auth/errors.ts'
import type { Recipient } from '#auth/account-mail/recipient.ts'
import { openSession } from '#auth/sessions/open-session.ts'
import { tokenExpiry } from '#auth/sessions/session-lifetime.ts'
import { takeSlot } from '#auth/sessions/session-slots.ts'
import { mayChallenge } from '#auth/factors/factor-policy.ts'
import { planFactor } from './second-factor.ts'
import { errorOfHooks, guardOfHooks, guardStatements } from './sign-in-hooks.ts'
import { selectAccount } from '#auth/store.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'

/** Dependencies of completing a sign-in. */
export interface SignInPorts {
  readonly transactor: Transactor
  readonly fileStore: FileStore
  readonly sessions: KeyValueStore
  readonly tokens: AuthTokens
  readonly mail: RequestMail
}

/** The proof that a request comes from an account. */
export interface Proof {
  readonly collection: AuthCollection
  readonly recordId: string
  readonly method: SignInMethod
  /**
   * True if the proof is still valid when the batch runs: the password has not changed, the code is
   * unused. Batches run one after another, so only one of two requests with the same code finds it.
   */
  readonly holds: SQL
  /** The error for an invalid proof. Nothing has changed then. */
  readonly refusal: ErrorSpec
  /**
   * Statements that use the proof up, and its effects whether or not it is enough to sign in. They
   * run before the rules are evaluated.
   */
  readonly effects: Query<unknown>
  /** The files that the effects name. They are stored first. */
  readonly files?: readonly RecordFile[]
  /** Returns the error for a guard or constraint of the effects that undid the batch. */
  errorFor?(failure: BatchFailure): Error | Promise<Error>
  /** The account as it was read, for mails about it; undefined if it is just being created. */
  readonly addressee: Recipient | undefined
  readonly meta?: Readonly<Record<string, unknown>>
  /** True if the effects may queue a mail. */
  readonly isMailing?: boolean
}

/** Declares a proof under a catalog. Called again after the catalog changed. */
export type Prove = (context: PlanContext) => Proof | Promise<Proof>

/**
 * Completes a sign-in or requests a second factor: the last steps of all authentication methods.
 *
 * One batch confirms the proof, uses it up, evaluates the auth rule for the caller and the MFA
 * rule, stores the origin and reads the account for the response, expanded as the account sees it.
 * A rejection after a valid proof leaves the proof used up.
 *
 * Database: 1 batch; 1 more with files. KV: 1 write, none for a challenge.
 *
 * @throws {ApiError} The errors of the proof; `forbidden` to superusers from other addresses,
 *   `accountDisabled`, `authRuleUnsatisfied`, `authenticationFailed`, `secondFactorMissing`, `mfaExpired`,
 *   `mfaForeign`, `mfaSameMethod`
 */
export async function completeSignIn(
  ports: SignInPorts,
  request: SignInRequest,
  prove: Prove,
): Promise<AuthAnswer | MfaChallenge> {
  const admission = await writeWithFiles(ports, async (context) =>
    planAdmission(context, request, await prove(context)),
  )
  if (admission.isAlerting) ports.mail.deliver()
  const { challenge } = admission
  if (challenge !== undefined) return challenge

  const { collection, recordId, sessionId, tokenKey, record, meta, facts, now } = admission
  const token = await openSession(ports, {
    collection,
    recordId,
    sessionId,
    tokenKey,
    origin: request.origin,
    isRefreshable: true,
    expiresAt: tokenExpiry(collection.auth, { now, startedAt: facts.startedAt }),
    facts,
    now,
  })
  const shown = admission.addMeta === undefined ? meta : await admission.addMeta()
  return { ...(shown === undefined ? {} : { meta: shown }), record, token }
}

/**
 * The result of the batch: the account for the response and the data for its session, or a
 * challenge.
 */
interface Admission extends Pick<Proof, 'collection' | 'recordId' | 'meta'> {
  readonly challenge: MfaChallenge | undefined
  readonly record: RecordJson
  /** The id of the session that begins. */
  readonly sessionId: string
  readonly tokenKey: string
  readonly isAlerting: boolean
  /** Runs the hooks after the sign-in. */
  readonly addMeta: (() => Promise<Proof['meta']>) | undefined
  readonly facts: SessionFacts
  readonly now: Date
}

const unproved = 'sign-in:unproved'

async function planAdmission(
  context: PlanContext,
  request: SignInRequest,
  proof: Proof,
): Promise<FilePlan<Admission>> {
  const { collection, recordId } = proof
  const { info } = request
  const { settings } = context.catalog
  const ip = request.clientIp(settings)
  const denial = addressDenial(settings, collection, ip)
  const mfaId = mayChallenge(collection) ? await request.mfaId() : ''
  const caller = await callerInfo(context, request)
  const factor = planFactor(context, caller, { ...proof, mfaId })
  const userAgent = info.headers['user_agent'] ?? ''
  const origin = await planOrigin(context, { ...proof, ip, userAgent })
  const viewer = requestInfoAs(collection, recordId, info)
  const sessionId = newId()
  const owner = { collection, recordId: columnOf(collection.name, 'id') }
  const { method, meta } = proof
  const isSecond = mfaId !== ''
  const hooked = { collection, recordId, method, isSecond, meta }
  const guard = await guardOfHooks({ ...hooked, context, clientIp: () => ip }, caller)
  const afterAuth = context.hooks?.afterAuth(collection)
  const deciding = storeOutcome(collection, recordId, {
    isDisabled: isDisabled(owner, context.now),
    isAdmitted: denial === undefined ? admits(context, caller, collection) : sql`FALSE`,
    outcome: factor.outcome,
    isAlerting: origin.isAlerting,
  })
  const signIn = all({
    proof: after([abortUnless(proof.holds, unproved)], proof.effects),
    deciding: rowsOf([deciding, ...guardStatements(guard)]),
    factor: factor.result,
    steps: rowsOf([
      ...origin.statements,
      removeExpiredOverrides(context.now),
      ...takeSlot(collection, { recordId, sessionId, now: context.now }, outcomeIs('complete')),
    ]),
    account: selectAccount(collection, recordId, context.now),
    record: selectRecord(context, viewer, collection, recordId, info.query['expand']),
    decision: takeOutcome,
  })
  return {
    // A proof is checked only once, when it is used up.
    preconditions: [],
    files: proof.files ?? [],
    mayOrphanFiles: false,
    ...map(signIn, ({ account, record, decision, factor: { challenge, firstMethod } }) => {
      if (account === undefined || record === undefined || decision === undefined) {
        throw new ApiError(authErrors.authenticationFailed)
      }
      if (decision.outcome === 'disabled') throw accountDisabled(account)
      const refusal = decision.outcome === 'denied' ? denial : undefined
      assertAdmitted(decision.outcome, refusal)
      const isChallenged = decision.outcome === 'challenged'
      return {
        collection,
        recordId,
        meta: proof.meta,
        challenge: isChallenged ? challenge : undefined,
        record,
        sessionId,
        tokenKey: account.tokenKey,
        isAlerting: decision.isAlerting || proof.isMailing === true,
        addMeta: afterAuth && (() => afterAuth({ ...hooked, record })),
        facts: provenBy(firstMethod === undefined ? [proof.method] : [firstMethod, proof.method], {
          now: context.now,
          isSecond: firstMethod !== undefined,
        }),
        now: context.now,
      }
    }),
    errorFor: (failure) => {
      const isUnproved = failure.kind === 'aborted' && failure.message === unproved
      if (isUnproved) return new ApiError(proof.refusal)
      const refusal = errorOfHooks(failure, guard)
      if (refusal !== undefined) return refusal
      return proof.errorFor?.(failure) ?? new ApiError(authErrors.authenticationFailed)
    },
  }
}

const refusals: Readonly<Partial<Record<SignInOutcome, ErrorSpec>>> = {
  denied: authErrors.authRuleUnsatisfied,
  unenrolled: authErrors.secondFactorMissing,
  mfaExpired: authErrors.mfaExpired,
  mfaForeign: authErrors.mfaForeign,
  mfaSameMethod: authErrors.mfaSameMethod,
}

function assertAdmitted(outcome: SignInOutcome, denial: ErrorSpec | undefined): void {
  const refusal = denial ?? refusals[outcome]
  if (refusal !== undefined) throw new ApiError(refusal)
}
