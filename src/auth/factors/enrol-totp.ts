import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { after, map, one, type Plan } from '#database/query.ts'
import { totpsTable } from '#database/schema.ts'
import { maxFactors, ownedBy, removeUnconfirmed } from '#database/second-factors.ts'
import { assertValid, issuesOf, length } from '#go-compat/validation-rules.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { columnOf } from '#records/identifiers.ts'
import { stepUpError, stepUpGuard } from '#records/step-up.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import type { FormRequest } from '#auth/form-request.ts'
import { requireCollection } from '#auth/guards.ts'
import { challengedRecord, type FoundChallenge, selectChallenge } from './challenge.ts'
import { requireChallenge } from './require-challenge.ts'
import { enrollingCaller, requireTotp } from './factor-owner.ts'
import { mayEnrolAtSignIn } from './factor-policy.ts'
import { sealSeed } from './seed-sealing.ts'
import { codeDigits, newSeed, seedUri, stepSeconds, toBase32 } from './totp.ts'

/** The body to enrol an authenticator. */
export const enrolForm = lazy(() =>
  z.object({
    name: z.string().default(''),
    /** The challenge of a sign-in that cannot go on without a second factor. */
    mfaId: z.string().default(''),
  }),
)

type EnrolForm = z.output<ReturnType<typeof enrolForm>>

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly keys: SettingsKeys
}

/** A new authenticator, as an app needs it. It counts once it is confirmed. */
export interface Enrolment {
  readonly id: string
  /** The seed in base32. */
  readonly secret: string
  /** To show as a QR code. */
  readonly uri: string
  readonly digits: number
  readonly period: number
  readonly algorithm: 'SHA1'
}

/** The longest name of a factor. */
export const maxNameLength = 100

const tooMany = 'factor:too-many'
const refused = 'factor:refused'

/**
 * Enrols an authenticator of the caller, who must have proved their identity recently, or of the
 * account of a challenge that has no other way to answer.
 *
 * Database: 1 batch; 1 more for a challenge. KV: 1 read for a token.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `totpDisabled`, `loadingFailed`,
 *   `validationFailed`, `tooManyRequests`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `stepUpRequired`, `tooManyFactors`, `mfaExpired`, `mfaForeign`, `enrolmentRefused`
 */
export async function enrolTotp(ports: Ports, request: FormRequest<EnrolForm>): Promise<Enrolment> {
  const seed = { id: newId(), bytes: newSeed(), keys: ports.keys }
  const begun = await ports.transactor.write((context) =>
    planBeginning(context, request, seed, ports.rateLimiter),
  )
  if ('enrolment' in begun) return begun.enrolment
  return await ports.transactor.write(
    async (context) => await planEnrolment(context, request.collection, begun, seed),
  )
}

interface Beginning {
  readonly form: EnrolForm
  /** Undefined for a caller with a token. */
  readonly challenge: FoundChallenge | undefined
}

/** The first batch enrols for a caller with a token, and only reads the challenge otherwise. */
type Begun = Beginning | { readonly enrolment: Enrolment }

async function planBeginning(
  context: PlanContext,
  request: FormRequest<EnrolForm>,
  seed: NewTotp,
  rateLimiter: RateLimiter,
): Promise<Plan<Begun>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['enrolFactor', 'auth'] }
  return await rateLimiter.attempt<Begun>(context, target, async () => {
    const form = await request.form()
    assertValid(issuesOf({ name: length(0, maxNameLength)(form.name) }))
    if (form.mfaId === '') {
      const beginning = { form, challenge: undefined }
      const plan = await planEnrolment(context, request.collection, beginning, seed)
      return {
        plan: { ...plan, read: async (rows) => ({ enrolment: await plan.read(rows) }) },
      }
    }
    const collection = requireTotp(context, request.collection)
    const found = selectChallenge(collection, form.mfaId, context.now)
    return {
      plan: map(found, (challenge) => ({ form, challenge: requireChallenge(challenge) })),
    }
  })
}

interface NewTotp {
  readonly id: string
  readonly bytes: Uint8Array
  readonly keys: SettingsKeys
}

async function planEnrolment(
  context: PlanContext,
  idOrName: string,
  { form, challenge }: Beginning,
  { id, bytes, keys }: NewTotp,
): Promise<Plan<Enrolment>> {
  const { now, catalog } = context
  const holder =
    challenge === undefined
      ? enrollingCaller(context, idOrName)
      : { collection: requireTotp(context, idOrName), recordId: challenge.recordId }
  const { collection, recordId } = holder
  const place = { id, collectionId: collection.id, recordId }
  const sealed = await sealSeed(keys, place, bytes)
  const account = sql`FROM ${sql.identifier(collection.name)} WHERE ${columnOf(collection.name, 'id')} = ${recordId}`
  const guard =
    'caller' in holder
      ? stepUpGuard({ ...holder, now })
      : refuseUnless(
          sql`(SELECT ${mayEnrolAtSignIn(collection, challenge?.method ?? '')} ${account})
            AND ${challengedRecord(collection, form.mfaId, now)} = ${recordId}`,
          refused,
        )
  const count = sql`(SELECT count(*) FROM ${totpsTable} WHERE ${ownedBy({ collection, recordId })})`
  const insert = sql`INSERT INTO ${totpsTable} ("id", "collectionRef", "recordRef", "name", "secret", "created")
    VALUES (${id}, ${collection.id}, ${recordId}, ${form.name}, ${sealed}, ${formatDate(now)})`
  const label = one(sql`SELECT "email" ${account}`, ([row]) => {
    const secret = toBase32(bytes)
    const { issuer } = collection.auth.security.totp
    const uri = seedUri(secret, {
      // The separator of the two in the address.
      issuer: (issuer || catalog.settings.meta.appName).replaceAll(':', ' '),
      account: String(row?.['email'] ?? '') || recordId,
    })
    const algorithm = 'SHA1' as const
    return { id, secret, uri, digits: codeDigits, period: stepSeconds, algorithm }
  })
  return {
    ...after(
      [guard, removeUnconfirmed(now), refuseUnless(sql`${count} < ${maxFactors}`, tooMany), insert],
      label,
    ),
    errorFor: (failure) => enrolmentError(failure, collection),
  }
}

function refuseUnless(condition: SQL, message: string): SQL {
  return abortWith(sql`CASE WHEN ${condition} THEN NULL ELSE ${message} END`)
}

function enrolmentError(failure: BatchFailure, collection: AuthCollection): Error {
  const message = failure.kind === 'aborted' ? failure.message : ''
  if (message === tooMany) return new ApiError(authErrors.tooManyFactors)
  if (message === refused) return new ApiError(authErrors.enrolmentRefused)
  return stepUpError(failure, collection) ?? new Error('Undone batch', { cause: failure })
}
