/*
 * The code of docs/two-factor.md. A test compares the two, and another one runs this.
 */
import PocketBase, { ClientResponseError, type RecordModel } from 'pocketbase'

const pb = new PocketBase('http://127.0.0.1:8787')

interface Answer {
  token: string
  record: RecordModel
}

/** Signs in. Returns the challenge if a second factor is needed. */
export async function signIn(email: string, password: string) {
  try {
    await pb.collection('users').authWithPassword(email, password)
    return undefined
  } catch (error) {
    const isChallenge = error instanceof ClientResponseError && error.response['mfaId']
    if (!isChallenge) throw error
    return error.response as { mfaId: string; methods: string[]; enrol?: true }
  }
}

/** Answers the challenge with the code of the app. */
export async function enterCode(mfaId: string, code: string) {
  const body = { mfaId, code }
  const path = '/api/collections/users/auth-with-totp'
  const answer = await pb.send<Answer>(path, { method: 'POST', body })
  pb.authStore.save(answer.token, answer.record)
}

/** Answers the challenge with a recovery code, which then no longer works. */
export async function enterRecoveryCode(mfaId: string, code: string) {
  const body = { mfaId, code }
  const path = '/api/collections/users/auth-with-recovery-code'
  const answer = await pb.send<Answer>(path, { method: 'POST', body })
  pb.authStore.save(answer.token, answer.record)
}

/** Begins to add an authenticator. Show `uri` as a QR code, and `secret` to type in. */
export async function beginAuthenticator(name: string, mfaId = '') {
  const path = '/api/collections/users/factors/totp'
  type Begun = { id: string; secret: string; uri: string }
  return await pb.send<Begun>(path, { method: 'POST', body: { name, mfaId } })
}

/** Adds it, once the app shows a code. Returns recovery codes with the first one. */
export async function confirmAuthenticator(id: string, code: string, mfaId = '') {
  const path = `/api/collections/users/factors/totp/${id}/confirm`
  type Confirmed = Answer & { recoveryCodes?: string[] }
  const answer = await pb.send<Confirmed>(path, { method: 'POST', body: { code, mfaId } })
  pb.authStore.save(answer.token, answer.record)
  return answer.recoveryCodes
}

/** The second factors of the account. */
export async function listFactors() {
  type Factor = { id: string; name: string; confirmed: boolean; lastUsed: string }
  type Factors = { items: Factor[]; recoveryCodes: number; required: boolean }
  return await pb.send<Factors>('/api/collections/users/factors', {})
}

/** Removes an authenticator. */
export async function removeAuthenticator(id: string) {
  await pb.send(`/api/collections/users/factors/${id}`, { method: 'DELETE' })
}

/** Ten new recovery codes. */
export async function newRecoveryCodes() {
  const path = '/api/collections/users/factors/recovery-codes'
  const answer = await pb.send<{ recoveryCodes: string[] }>(path, { method: 'POST' })
  return answer.recoveryCodes
}

/** Does something, and asks for a proof of identity first if the server wants one. */
export async function withProof<T>(action: () => Promise<T>, askCode: () => Promise<string>) {
  try {
    return await action()
  } catch (error) {
    const wanted = error instanceof ClientResponseError && error.response['data']?.stepUp
    if (!wanted) throw error

    const path = '/api/collections/users/step-up'
    const body = { method: 'totp', code: await askCode() }
    const answer = await pb.send<Answer>(path, { method: 'POST', body })
    pb.authStore.save(answer.token, answer.record)
    return await action()
  }
}

/** Signs out, so that a test can begin again. */
export function signOut(): void {
  pb.authStore.clear()
}
