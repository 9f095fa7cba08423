import type { SQL } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { columnOf } from '#records/identifiers.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'
import { requestInfoOf, withBody } from '#records/request-info.ts'
import type { Settings } from '#settings/settings.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { SessionOrigin } from '#auth/sessions/open-session.ts'

/** The response of a successful sign-in, with keys in order. */
export interface AuthAnswer {
  /** The OAuth2 provider's data about the user. */
  readonly meta?: Readonly<Record<string, unknown>>
  readonly record: RecordJson
  readonly token: string
}

/** Authentication methods; rules see them as `@request.context`. */
export type SignInMethod = 'password' | 'otp' | 'oauth2' | 'totp' | 'recovery'

/** The response to a first factor if a second one is required. */
export interface MfaChallenge {
  /** To send with the second factor. */
  readonly mfaId: string
  /** The methods this account can answer with; only where accounts can have an authenticator. */
  readonly methods?: readonly string[]
  /** True if it has none, and must enrol an authenticator to go on. */
  readonly enrol?: true
}

/** The request of a flow that issues a token. */
export interface AuthRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  readonly info: RequestInfo
  readonly origin: SessionOrigin
  /** The client's address, according to the settings. */
  clientIp(settings: Settings): string
  /** `@request.body` in rules; empty if the body cannot be read. */
  body(): Promise<RequestInfo['body']>
}

/** A request that proves an identity. */
export interface SignInRequest extends AuthRequest {
  /** The challenge that this request completes as the second factor; empty for a first one. */
  mfaId(): Promise<string>
}

/**
 * The caller's request info with the submitted body. For a sign-in the caller is usually a guest.
 */
export async function callerInfo(context: PlanContext, request: AuthRequest): Promise<RequestInfo> {
  return withBody(requestInfoOf(context, request.info), await request.body())
}

/** A condition on the account's row: its auth rule. Superusers pass. */
export function admits(
  { catalog }: PlanContext,
  caller: RequestInfo,
  collection: AuthCollection,
): SQL {
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  return ruleHolds(catalog.collections, caller, collection.rules.auth, row)
}
