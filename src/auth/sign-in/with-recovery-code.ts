import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { after, all, constant, map, one, type Plan, rowsOf } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import {
  countRecoveryCodes,
  type FactorOwner,
  isRecoveryCode,
  useRecoveryCode,
} from '#database/second-factors.ts'
import { newTokenKey } from '#kernel/random.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import { challengedRecord, countChallengeTry, selectChallenge } from '#auth/factors/challenge.ts'
import { forgetTries } from '#auth/factors/factor-limits.ts'
import { requireTotp } from '#auth/factors/factor-owner.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { recoveryHash } from '#auth/factors/recovery-code.ts'
import { requireChallenge } from '#auth/factors/require-challenge.ts'
import { requireCollection } from '#auth/guards.ts'
import { deleteOneTimeCodes, replaceTokenKey } from '#auth/store.ts'
import type { AuthAnswer, MfaChallenge } from './auth-response.ts'
import { completeSignIn } from './complete-sign-in.ts'
import { type FactorPorts, type FactorRequest, readFactorForm } from './with-totp.ts'

/** The challenge of a request. */
interface Attempt {
  readonly code: string
  readonly recordId: string
  /** The number of recovery codes the account has. */
  readonly codes: number
  readonly addressee: Recipient | undefined
}

/**
 * Answers a challenge with a recovery code, which is used up. All other sessions of the account end,
 * and its owner is told: who needs the code has lost the authenticator, or is another person.
 *
 * Database: 2 batches. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `totpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `mfaExpired`, `mfaForeign`, `authenticationFailed`, and as
 *   `completeSignIn`
 */
export async function signInWithRecoveryCode(
  ports: FactorPorts,
  request: FactorRequest,
): Promise<AuthAnswer | MfaChallenge> {
  const { code, recordId, codes, addressee } = await ports.transactor.write((context) =>
    planAttempt(context, request, ports),
  )
  return await completeSignIn(ports, request, async (context) => {
    const collection = requireTotp(context, request.collection)
    const owner = { collection, recordId }
    const hash = await recoveryHash(collection.id, recordId, code)
    return {
      collection,
      recordId,
      method: 'recovery',
      holds: isRecoveryCode(owner, hash),
      refusal: authErrors.authenticationFailed,
      effects: rowsOf([
        ...spendRecoveryCode(owner, hash),
        replaceTokenKey(collection, recordId, newTokenKey()),
        ...mailOwner(context, request, owner, 'recoveryUsed'),
      ]),
      addressee,
      meta: { recoveryCodes: codes - 1 },
      isMailing: true,
    }
  })
}

/** The statements that use a recovery code up, without the end of the account's sessions. */
export function spendRecoveryCode(
  owner: FactorOwner & { readonly collection: AuthCollection; readonly recordId: string },
  hash: string,
): SQL[] {
  return [
    useRecoveryCode(owner, hash),
    forgetTries(owner),
    deleteOneTimeCodes(owner.collection, owner.recordId),
  ]
}

async function planAttempt(
  context: PlanContext,
  request: FactorRequest,
  { rateLimiter }: FactorPorts,
): Promise<Plan<Attempt>> {
  const { now } = context
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['authWithRecoveryCode', 'auth'] }
  return await rateLimiter.attempt(context, target, async () => {
    const collection = requireTotp(context, request.collection)
    const { code, mfaId } = await readFactorForm(request)
    const recordId = challengedRecord(collection, mfaId, now)
    const found = all({
      challenge: selectChallenge(collection, mfaId, now),
      codes: one(sql`SELECT ${countRecoveryCodes({ collection, recordId })} AS "codes"`, ([row]) =>
        readNumber(row, 'codes'),
      ),
      addressee: collection.auth.authAlert.enabled
        ? selectRecipient(context, request.info, collection, recordId)
        : constant(undefined),
    })
    const counted = after([countChallengeTry(collection, mfaId, now)], found)
    const plan = map(counted, ({ challenge, codes, addressee }) => ({
      code,
      recordId: requireChallenge(challenge).recordId,
      codes,
      addressee,
    }))
    return { plan }
  })
}
