import type { SQL } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { columnOf } from '#records/identifiers.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'
import { type RequestFacts, type Viewer, viewerOf, withBody } from '#records/request-info.ts'
import type { Settings } from '#settings/settings.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import type { SessionOrigin } from '#auth/sessions/open-session.ts'

/** What every successful sign-in answers with, keys in the order they are sent in. */
export interface AuthAnswer {
  /** What the OAuth2 provider said of the user. */
  readonly meta?: Readonly<Record<string, unknown>>
  readonly record: RecordJson
  readonly token: string
}

/** The ways to prove who one is; rules see them as `@request.context`. */
export type SignInMethod = 'password' | 'otp' | 'oauth2'

/** The answer to a first factor where a second one is needed. */
export interface MfaChallenge {
  /** To be sent along with the second factor. */
  readonly mfaId: string
}

/** What a request tells any flow that gives out a token. */
export interface AuthRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  readonly facts: RequestFacts
  readonly origin: SessionOrigin
  /** The client's address, read as the settings say. */
  clientIp(settings: Settings): string
  /** What rules see as `@request.body`; nothing, for a body that cannot be read. */
  body(): Promise<RequestInfo['body']>
}

/** A request that proves who sends it. */
export interface SignInRequest extends AuthRequest {
  /** The challenge that this request answers as the second factor; empty for a first one. */
  mfaId(): Promise<string>
}

/** Whoever calls now, with what the request submits; for a sign-in that is usually a guest. */
export async function callerOf(scope: PlanContext, request: AuthRequest): Promise<Viewer> {
  return withBody(viewerOf(scope, request.facts), await request.body())
}

/** A condition about a row of the collection's table: its auth rule. Superusers pass. */
export function admits({ catalog }: PlanContext, caller: Viewer, collection: AuthCollection): SQL {
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  return ruleHolds(catalog.collections, caller, collection.rules.auth, row)
}
