import type { SQL } from 'drizzle-orm'
import type { Scope } from '#collections/transact.ts'
import { columnOf } from '#records/identifiers.ts'
import type { RecordJson } from '#records/record-shape.ts'
import { ruleHolds, storedRow } from '#records/rule-query.ts'
import { type RequestFacts, viewerOf } from '#records/viewer.ts'
import type { Settings } from '#settings/settings.ts'
import type { AuthCollection } from './auth-token.ts'
import type { SessionOrigin } from './open-session.ts'

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
}

/** A request that proves who sends it. */
export interface SignInRequest extends AuthRequest {
  /** The challenge that this request answers as the second factor; empty for a first one. */
  mfaId(): Promise<string>
}

/**
 * A condition about a row of the collection's table: its auth rule, asked with the eyes of whoever
 * calls now, which for a sign-in is usually a guest. Superusers pass.
 */
export function admits(scope: Scope, facts: RequestFacts, collection: AuthCollection): SQL {
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  return ruleHolds(scope.catalog.collections, viewerOf(scope, facts), collection.rules.auth, row)
}
