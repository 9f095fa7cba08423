import { codeAt, fromBase32, stepAt } from '#auth/factors/totp.ts'
import { password, type SignedIn } from './accounts.ts'
import type { Answer, TestApp } from './test-app.ts'

/** An authenticator app with the seed of one account. */
export interface Authenticator {
  readonly id: string
  /** In base32. */
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  /** The account, with a token from when it was confirmed. */
  readonly owner: SignedIn
}

/** The code that an app shows now, or some steps of 30 seconds later. */
export async function codeOf({ secret }: { secret: string }, later = 0): Promise<string> {
  return await codeAt(fromBase32(secret), stepAt(new Date()) + later)
}

/** A code that no step near now has. */
export async function wrongCodeOf(authenticator: { secret: string }): Promise<string> {
  const near = await Promise.all([-2, -1, 0, 1, 2].map((step) => codeOf(authenticator, step)))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
    (code) => !near.includes(code),
  ) as string
}

/** Begins to enrol an authenticator. */
export async function beginEnrolment(
  app: TestApp,
  token: string,
  collection = 'users',
): Promise<{ id: string; secret: string }> {
  const path = `/api/collections/${collection}/factors/totp`
  const { status, body } = await app.post(path, { name: 'Phone' }, { token })
  if (status !== 200) throw new Error(`Not enrolled: ${JSON.stringify(body)}`)
  return body as { id: string; secret: string }
}

/** Confirms an authenticator with its code. */
export async function confirm(
  app: TestApp,
  begun: { id: string; secret: string },
  token: string,
  collection = 'users',
): Promise<Answer> {
  const path = `/api/collections/${collection}/factors/totp/${begun.id}/confirm`
  return await app.post(path, { code: await codeOf(begun) }, { token })
}

/** Enrols and confirms an authenticator of a caller. */
export async function enrol(
  app: TestApp,
  caller: SignedIn,
  collection = 'users',
): Promise<Authenticator> {
  const begun = await beginEnrolment(app, caller.token, collection)
  const { status, body } = await confirm(app, begun, caller.token, collection)
  if (status !== 200) throw new Error(`Not confirmed: ${JSON.stringify(body)}`)
  const { token, recoveryCodes = [] } = body as { token: string; recoveryCodes?: string[] }
  return { ...begun, recoveryCodes, owner: { id: caller.id, token } }
}

/** Signs in with the password of tests and returns the challenge. */
export async function challenge(
  app: TestApp,
  identity: string,
  collection = 'users',
): Promise<string> {
  const path = `/api/collections/${collection}/auth-with-password`
  const { status, body } = await app.post(path, { identity, password })
  if (status !== 401) throw new Error(`Not challenged: ${status} ${JSON.stringify(body)}`)
  return (body as { mfaId: string }).mfaId
}
