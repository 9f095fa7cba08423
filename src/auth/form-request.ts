import type { Transactor } from '#catalog/transact.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { Passwords } from '#platform/passwords.ts'

/** A request with a body. */
export interface WithForm<Form> {
  /** Reads the body. Can be called again, because a request is planned again with a newer catalog. */
  form(): Promise<Form>
}

/** A request to an auth collection with a body. */
export interface FormRequest<Form> extends WithForm<Form> {
  /** Id or name, as in the path. */
  readonly collection: string
}

/** Dependencies of a request that a mailed token permits. */
export interface ConfirmationPorts {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly passwords: Passwords
}
