import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { superusersId } from '#catalog/system-collections.ts'
import type { Transactor } from '#catalog/transact.ts'
import { abortUnless } from '#database/abort.ts'
import { after, all, map, one, type Plan } from '#database/query.ts'
import type { Caller } from '#http/caller.ts'
import { provenBy, unknownFacts } from '#http/session-facts.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { ApiError, type ErrorSpec } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { guestSetups } from '#limits/guest-limits.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planWrite } from '#records/write/record-write.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { openSession } from '#auth/sessions/open-session.ts'
import { tokenExpiry } from '#auth/sessions/session-lifetime.ts'
import type { AuthAnswer, AuthRequest } from '#auth/sign-in/auth-response.ts'
import { selectAccount } from '#auth/store.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'
import { isSetUp, isSetupToken, removeSetupLink } from './setup-link.ts'

/** The body that makes the first superuser. */
export const setupForm = lazy(() =>
  z.object({
    token: z.string().default(''),
    email: z.string().default(''),
    password: z.string().default(''),
    passwordConfirm: z.string().default(''),
  }),
)

type SetupForm = z.output<ReturnType<typeof setupForm>>

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly passwords: Passwords
  readonly sessions: KeyValueStore
  readonly tokens: AuthTokens
}

/** A request to make the first superuser. */
export type SetupRequest = Omit<AuthRequest, 'collection' | 'body'> & WithForm<SetupForm>

/** The superuser, once made. */
interface Founding {
  readonly collection: AuthCollection
  readonly record: RecordJson
  readonly tokenKey: string
  readonly now: Date
}

const setUpMessage = 'setup:done'
const linkMessage = 'setup:link'

/**
 * Makes the first superuser for the holder of the setup link, and signs it in.
 *
 * The first batch counts the attempt and refuses it, so that a guess does not cost the hash of a
 * password. The second one asks again: of two concurrent requests one succeeds.
 *
 * Database: 2 batches. KV: 1 write.
 *
 * @throws {ApiError} `setupDone`, `setupLinkInvalid`, `forbidden` from an address that superusers may
 *   not use, `loadingFailed`, `tooManyRequests`; `createFailed` with the faults of the fields
 */
export async function setUp(ports: Ports, request: SetupRequest): Promise<AuthAnswer> {
  const form = await ports.transactor.write((context) => planCheck(context, request, ports))
  const founding = await ports.transactor.write((context) =>
    planFounding(context, request, form, ports),
  )
  const { record, collection, now } = founding
  const token = await openSession(ports, {
    ...founding,
    recordId: String(record['id']),
    sessionId: newId(),
    origin: request.origin,
    isRefreshable: true,
    expiresAt: tokenExpiry(collection.auth, { now, startedAt: unixSeconds(now) }),
    facts: provenBy(['password'], { now, isSecond: false }),
  })
  return { record, token }
}

async function planCheck(
  context: PlanContext,
  request: SetupRequest,
  { rateLimiter }: Ports,
): Promise<Plan<SetupForm>> {
  const collection = superusersOf(context)
  const target = { collection, tags: ['setup'], guestLimit: guestSetups }
  // A token of any other account does not lift the limit.
  return await rateLimiter.attempt({ ...context, caller: undefined }, target, async () => {
    const form = await request.form()
    const isHeld = await isSetupToken(form.token, context.now)
    const check = one(sql`SELECT ${isSetUp} AS "isDone", ${isHeld} AS "isHeld"`, ([row]) => {
      if (row?.['isDone'] !== 0) throw new ApiError(authErrors.setupDone)
      if (row['isHeld'] !== 1) throw new ApiError(authErrors.setupLinkInvalid)
      return form
    })
    return { plan: check }
  })
}

async function planFounding(
  context: PlanContext,
  request: SetupRequest,
  { token, ...data }: SetupForm,
  { passwords }: Ports,
): Promise<Plan<Founding>> {
  const { now, catalog } = context
  const collection = superusersOf(context)
  const denial = addressDenial(catalog.settings, collection, request.clientIp(catalog.settings))
  if (denial !== undefined) throw new ApiError(denial)

  const creation = await planCreate(
    { ...context, passwords, caller: founder(collection, now) },
    {
      collection,
      info: { ...request.info, query: {} },
      body: { data, files: new Map() },
      position: 0,
    },
  )
  const guards = [
    abortUnless(sql`NOT ${isSetUp}`, setUpMessage),
    abortUnless(await isSetupToken(token, now), linkMessage),
  ]
  const founding = all({
    record: after(guards, creation, [removeSetupLink]),
    account: selectAccount(collection, creation.id, context.now),
  })
  return {
    ...map(founding, ({ record, account }) => {
      if (account === undefined) throw new ApiError(authErrors.setupDone)
      return { collection, record: record as RecordJson, tokenKey: account.tokenKey, now }
    }),
    errorFor: (failure) => {
      const message = failure.kind === 'aborted' ? failure.message : ''
      const refusal = refusals.get(message)
      if (refusal !== undefined) return new ApiError(refusal)
      return planWrite(collection, creation).errorFor?.(failure) ?? new Error(message)
    },
  }
}

const refusals = new Map<string, ErrorSpec>([
  [setUpMessage, authErrors.setupDone],
  [linkMessage, authErrors.setupLinkInvalid],
])

function superusersOf(context: PlanContext): AuthCollection {
  return requireAuth(requireCollection(context, superusersId))
}

/** The holder of the link, who may create superusers before there is one. Never asked for a session. */
function founder({ id, name }: AuthCollection, now: Date): Caller {
  return {
    collectionId: id,
    collectionName: name,
    recordId: '',
    sessionId: '',
    expiresAt: now,
    isSuperuser: true,
    isRefreshable: false,
    facts: unknownFacts,
    token: '',
    denial: undefined,
    session: () => Promise.resolve(undefined),
  }
}
