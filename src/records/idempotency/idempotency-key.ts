import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { ApiError } from '#kernel/errors.ts'
import { recordErrors } from '#records/errors.ts'

const header = 'Idempotency-Key'

/** A string of a structured field: RFC 9651, section 3.3.3. */
const quoted = /^"((?:[!#-[\]-~]|\\["\\])*)"$/
const bare = /^[!#-~][!-~]*$/
const maxLength = 255

/**
 * Reads the idempotency key of a request; undefined if it has none.
 *
 * @throws {ApiError} `idempotency_key_invalid`
 */
export function readIdempotencyKey(c: Context<AppEnv, string>): string | undefined {
  const value = c.req.header(header)
  if (value === undefined) return undefined
  // A long one is not even looked at.
  const text = value.length > 2 * maxLength + 2 ? undefined : textOf(value)
  if (text !== undefined && text !== '' && text.length <= maxLength) return text
  throw new ApiError(recordErrors.idempotencyKeyInvalid, {
    issues: {
      [header]: {
        code: recordErrors.idempotencyKeyInvalid.code,
        message: `Must be 1 to ${maxLength} visible ASCII characters.`,
      },
    },
  })
}

function textOf(value: string): string | undefined {
  const inside = quoted.exec(value)?.[1]
  if (inside !== undefined) return inside.replaceAll(/\\(.)/g, '$1')
  return bare.test(value) ? value : undefined
}

/** The error for a key that was used for another request. */
export function keyReused(): ApiError {
  const { idempotencyKeyReused } = recordErrors
  const { code, message } = idempotencyKeyReused
  return new ApiError(idempotencyKeyReused, { issues: { [header]: { code, message } } })
}
