import type { BoundFilter } from '#extension/filter-text.ts'
import type { AreteRecord, Records } from '#extension/records.ts'

interface SignInEvent {
  /** The name of the collection. */
  readonly collection: string
  /** The id of the account. */
  readonly id: string
  /** The way to sign in. `refresh` renews a token. */
  readonly method: 'password' | 'otp' | 'oauth2' | 'totp' | 'recovery' | 'refresh'
  /** True for the second factor of a sign-in. The first one has had its own event. */
  readonly isSecondFactor: boolean
}

/** A sign-in whose password, code or provider has been checked. */
export interface BeforeAuthEvent extends SignInEvent {
  /** The address of the client. */
  readonly ip: string
  /** The provider's data about the user, without its tokens; empty for other methods. */
  readonly meta: Readonly<Record<string, unknown>>
  readonly now: Date
  /**
   * Lets only an account sign in for which a condition holds, as the auth rule does. It is judged in
   * the transaction of the sign-in.
   */
  require(filter: string, params?: BoundFilter['params']): void
  /** Reads records as the deployment. The account of a sign-up does not exist yet. */
  read(collection: string): Pick<Records, 'list' | 'first' | 'get' | 'count'>
}

/** A sign-in that has succeeded. */
export interface AfterAuthEvent extends SignInEvent {
  /** The account as the client is shown it. */
  readonly record: AreteRecord
  /** Members of `meta` in the answer. */
  readonly meta: Record<string, unknown>
}
