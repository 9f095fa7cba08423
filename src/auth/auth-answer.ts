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
  readonly record: RecordJson
  readonly token: string
}

/** What a request tells any flow of signing in. */
export interface AuthRequest {
  /** Id or name, as in the path. */
  readonly collection: string
  readonly facts: RequestFacts
  readonly origin: SessionOrigin
  /** The client's address, read as the settings say. */
  clientIp(settings: Settings): string
}

/**
 * A condition about a row of the collection's table: its auth rule, asked with the eyes of whoever
 * calls now, which for a sign-in is usually a guest. Superusers pass.
 */
export function admits(scope: Scope, facts: RequestFacts, collection: AuthCollection): SQL {
  const row = storedRow(collection, columnOf(collection.name, 'id'))
  return ruleHolds(scope.catalog.collections, viewerOf(scope, facts), collection.rules.auth, row)
}
