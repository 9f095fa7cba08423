import { importPKCS8, SignJWT } from 'jose'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Transactor } from '#catalog/transact.ts'
import { constant } from '#database/query.ts'
import { assertSuperuser } from '#http/guards.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { ApiError } from '#kernel/errors.ts'
import {
  assertValid,
  atLeast,
  atMost,
  issuesOf,
  firstIssue,
  length,
  matches,
  required,
} from '#go-compat/validation-rules.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { authErrors } from '#auth/errors.ts'

/** The developer's data from Apple, and the lifetime of the secret in seconds. */
export const appleSecretForm = lazy(() =>
  z.object({
    clientId: z.string().default(''),
    teamId: z.string().default(''),
    keyId: z.string().default(''),
    privateKey: z.string().default(''),
    duration: z.int().default(0),
  }),
)

type AppleSecretForm = z.output<ReturnType<typeof appleSecretForm>>

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
}

/** Apple accepts secrets for at most half a year. */
const maxDurationSeconds = 15777000

const privateKeyBlock = /^-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----/m

/**
 * Generates the client secret for Apple, a token signed with the developer's key, for the options
 * of a collection. Stores nothing.
 *
 * Database: 1 batch.
 *
 * @see
 * https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 * @throws {ApiError} `recordTokenRequired`, `recordNotAllowed`, `loadingFailed`,
 *   `appleSecretInvalid`, `appleSecretFailed`
 */
export async function generateAppleSecret(
  { transactor, rateLimiter }: Ports,
  readBody: () => Promise<AppleSecretForm>,
): Promise<{ secret: string }> {
  await transactor.read((context) => {
    rateLimiter.count(context)
    assertSuperuser(context.caller)
    return constant(undefined)
  })
  const form = await readBody()
  assertValid(
    issuesOf({
      clientId: required(form.clientId),
      teamId: firstIssue(form.teamId, required, length(10, 10)),
      keyId: firstIssue(form.keyId, required, length(10, 10)),
      privateKey: firstIssue(form.privateKey, required, matches(privateKeyBlock)),
      duration: firstIssue(form.duration, required, atLeast(1), atMost(maxDurationSeconds)),
    }),
    authErrors.appleSecretInvalid,
  )
  try {
    return { secret: await sign(form) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ApiError(authErrors.appleSecretFailed, {
      message: `${authErrors.appleSecretFailed.message} Raw error: \n${reason}`,
      cause: error,
    })
  }
}

async function sign({
  clientId,
  teamId,
  keyId,
  privateKey,
  duration,
}: AppleSecretForm): Promise<string> {
  const key = await importPKCS8(privateKeyBlock.exec(privateKey)?.[0] ?? '', 'ES256')
  const now = unixSeconds(new Date())
  const claims = {
    iss: teamId,
    sub: clientId,
    aud: ['https://appleid.apple.com'],
    exp: now + duration,
    iat: now,
  }
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: keyId, typ: 'JWT' })
    .sign(key)
}
