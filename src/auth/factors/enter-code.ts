import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { EnteredCode, StoredTotp } from '#database/second-factors.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { openSeed } from './seed-sealing.ts'
import { codeDigitsOf, matchedStep } from './totp.ts'

/** The account whose code was entered. */
export interface CodeHolder {
  readonly collection: AuthCollection
  readonly recordId: string
}

/**
 * The authenticator and time step of a code; undefined if it is wrong or already used.
 *
 * @throws {ApiError} `unavailable` if the code is not of a readable seed and another one cannot be
 *   read, because the key is missing. The owner is neither let in nor told that the code is wrong.
 */
export async function enteredCode(
  keys: SettingsKeys,
  { collection, recordId }: CodeHolder,
  totps: readonly StoredTotp[],
  { code, now }: { readonly code: string; readonly now: Date },
): Promise<EnteredCode | undefined> {
  const { skew } = collection.auth.security.totp
  let isUnreadable = false
  for (const totp of totps) {
    const place = { id: totp.id, collectionId: collection.id, recordId }
    const seed = await openSeed(keys, place, totp.secret)
    isUnreadable ||= seed === undefined
    if (seed === undefined) continue
    const check = { code: codeDigitsOf(code), lastStep: totp.lastStep, skew, now }
    const step = await matchedStep(seed, check)
    if (step !== undefined) return { totp, step }
  }
  if (!isUnreadable) return undefined
  throw new ApiError(commonErrors.unavailable, {
    cause: new Error('A seed cannot be read: SETTINGS_KEY is not the one it was sealed with.'),
  })
}
