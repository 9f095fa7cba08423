import { useSyncExternalStore } from 'react'
import { ClientResponseError, type RecordModel } from 'pocketbase'
import { client, session } from './client.ts'
import { readFailure } from './failure.ts'
import { queryClient } from './query-client.ts'
import { keepTag } from './records/record-tags.ts'
import type { SessionKeeping } from './session-store.ts'

/** Signed in: requests send a token. Ended: the server rejected the token, or it expired. */
export type SessionState = 'signedOut' | 'signedIn' | 'ended'

let isEnded = false
const listeners = new Set<() => void>()

function notify(): void {
  for (const listener of listeners) listener()
}

/** The current state of the session. */
export function sessionState(): SessionState {
  if (session.token === '') return 'signedOut'
  return isEnded || !session.isValid ? 'ended' : 'signedIn'
}

/** The state of the session. Re-renders the component when it changes. */
export function useSessionState(): SessionState {
  return useSyncExternalStore(subscribeSession, sessionState)
}

/** The account that is signed in. */
export function useAccount(): RecordModel | null {
  return useSyncExternalStore(subscribeSession, () => session.record)
}

/** Calls a function when a user signs in or out, here or in another tab. */
export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A sign-in whose password was right, and that needs a second factor. */
export interface SecondStep {
  readonly collection: string
  readonly email: string
  readonly mfaId: string
  /** The methods of the account, by which it can go on. */
  readonly methods: readonly string[]
  /** True if the account has to add an authenticator first. */
  readonly enrol: boolean
}

/**
 * Signs in with a password, by default as a superuser. If the account needs two steps, returns the
 * second one.
 */
export async function signIn(input: {
  readonly identity: string
  readonly password: string
  readonly keeping: SessionKeeping
  readonly collection?: string
}): Promise<SecondStep | undefined> {
  const { identity, password, keeping, collection = '_superusers' } = input
  session.keepIn(keeping)
  try {
    await client.collection(collection).authWithPassword(identity, password)
  } catch (error) {
    const challenge = challengeOf(error)
    if (challenge === undefined) throw error
    return { collection, email: identity, ...challenge }
  }
  await begin()
  return undefined
}

/** Mails a code to an account, and returns its id. */
export async function requestCode(collection: string, email: string): Promise<string> {
  return (await client.collection(collection).requestOTP(email)).otpId
}

/** Completes a sign-in with a second factor. */
export async function completeSignIn(step: SecondStep, proof: Proof): Promise<void> {
  const { collection, mfaId } = step
  if (proof.method === 'otp') {
    await client.collection(collection).authWithOTP(proof.otpId, proof.password, { mfaId })
    await begin()
    return
  }
  const path = proof.method === 'totp' ? 'auth-with-totp' : 'auth-with-recovery-code'
  const code = proof.method === 'password' ? '' : proof.code
  await beginWith(
    await client.send<AuthAnswer>(`/api/collections/${encodeURIComponent(collection)}/${path}`, {
      method: 'POST',
      body: { mfaId, code },
    }),
  )
}

/** Begins the session of an answer. */
export async function beginWith({ token, record }: AuthAnswer): Promise<void> {
  session.save(token, record)
  await begin()
}

/** An answer with a session. */
export interface AuthAnswer {
  readonly token: string
  readonly record: RecordModel
}

/** A proof of identity, as the API takes it. */
export type Proof =
  | { readonly method: 'totp' | 'recovery'; readonly code: string }
  | { readonly method: 'otp'; readonly otpId: string; readonly password: string }
  | { readonly method: 'password'; readonly password: string }

/** Without authenticators the challenge names no methods: a mailed code completes it. */
function challengeOf(error: unknown): Pick<SecondStep, 'mfaId' | 'methods' | 'enrol'> | undefined {
  if (!(error instanceof ClientResponseError) || error.status !== 401) return undefined
  const { mfaId, methods, enrol } = error.response as {
    readonly mfaId?: unknown
    readonly methods?: readonly string[]
    readonly enrol?: boolean
  }
  if (typeof mfaId !== 'string') return undefined
  return { mfaId, methods: methods ?? ['otp'], enrol: enrol === true }
}

async function begin(): Promise<void> {
  isEnded = false
  notify()
  await queryClient.invalidateQueries()
}

/** Creates the first superuser for the holder of a setup link, and signs in. */
export async function setUp(body: {
  readonly token: string
  readonly email: string
  readonly password: string
  readonly passwordConfirm: string
}): Promise<void> {
  const { token, record } = await client.send<{ token: string; record: RecordModel }>(
    '/api/setup',
    { method: 'POST', body },
  )
  session.keepIn('tab')
  session.save(token, record)
  await begin()
}

/**
 * Ends the session on the server and in every tab. If the server cannot be reached, it ends here.
 */
export async function signOut(): Promise<void> {
  const collection = session.record?.collectionName ?? '_superusers'
  try {
    await client.send(`/api/collections/${encodeURIComponent(collection)}/logout`, {
      method: 'POST',
    })
  } catch {
    // The token then expires by itself.
  }
  session.clear()
}

/** Refreshes the session in time, and detects its end. */
export function watchSession(): void {
  session.onChange(() => {
    if (session.token === '') {
      isEnded = false
      queryClient.clear()
    }
    notify()
  })
  client.afterSend = (response, data: unknown) => {
    // With an expired token the caller is a guest, and guests get any of these errors.
    const mayBeGuest = [401, 403, 404].includes(response.status)
    if (mayBeGuest && !/\/auth-(?:refresh|with-)/.test(response.url)) void checkSession()
    keepTag(response, data)
    return withHeaders(response, data)
  }
  setInterval(() => void refreshInTime(), 60_000)
  addEventListener('visibilitychange', () => void refreshInTime())
}

let checking: Promise<void> | undefined

/** Checks with the server if the token is still valid. */
async function checkSession(): Promise<void> {
  if (session.token === '' || isEnded) return
  checking ??= refresh().finally(() => {
    checking = undefined
  })
  await checking
}

/** Adds details from the headers that the body of an error lacks. */
function withHeaders(response: Response, data: unknown): unknown {
  if (response.ok || typeof data !== 'object' || data === null) return data
  const seconds = Number(response.headers.get('Retry-After'))
  return {
    ...data,
    requestId: response.headers.get('X-Request-Id') ?? undefined,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  }
}

/** Refreshes a token in the last tenth of its lifetime. Hidden tabs leave it to others. */
async function refreshInTime(): Promise<void> {
  if (document.visibilityState !== 'visible' || session.token === '') return
  const { iat, exp } = claims(session.token)
  const now = Date.now() / 1000
  if (now >= exp) {
    notify()
    return
  }
  if (exp - now > Math.max(120, (exp - iat) / 10)) return
  await checkSession()
}

async function refresh(): Promise<void> {
  try {
    await client.collection(session.record?.collectionName ?? '_superusers').authRefresh()
  } catch (error) {
    if ([401, 403, 404].includes(readFailure(error).status)) isEnded = true
  }
  notify()
}

function claims(token: string): { readonly iat: number; readonly exp: number } {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    const { iat = 0, exp = 0 } = JSON.parse(text) as { iat?: number; exp?: number }
    return { iat, exp }
  } catch {
    return { iat: 0, exp: 0 }
  }
}
