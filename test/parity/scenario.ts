import type { Json } from './client.ts'
import type { ParityRequest } from './request.ts'

/** PocketBase's known response; only the given parts are checked. A number is a status. */
export type Expectation =
  | number
  | {
      readonly status?: number
      readonly message?: string
      /** Codes of issues by path in `data`: `{ 'fields.1.name': 'validation_required' }`. */
      readonly codes?: Readonly<Record<string, string>>
      /** The ids of the items, shortened as `shortId` does, in any order. */
      readonly ids?: readonly string[]
      /** Values of the answer by path: `{ '$.items[0].title': 'a' }`. */
      readonly values?: Readonly<Record<string, Json>>
    }

/** One request of a scenario. */
export interface Step extends ParityRequest {
  /** Values of the answer to send later as `{{name}}`, by name. `token:ann` lets `ann` send requests. */
  readonly keep?: Readonly<Record<string, string>>
  /** True if the order of items, or of events, is open. */
  readonly isUnordered?: boolean
  /** True if the response is an image that each server creates itself. */
  readonly isPicture?: boolean
  /** PocketBase's response: from its documentation, verified with the real one. */
  readonly gives?: Expectation
  /** A stream to open before the request; `{{name}}` is then its client's id. */
  readonly opens?: string
  /** A stream to close before the request. */
  readonly closes?: string
  /** The number of messages that each of these streams receives; they are compared. */
  readonly hears?: Readonly<Record<string, number>>
  /** The mail that the request causes, which is waited for; a mail that no step names is a fault. */
  readonly mail?: ExpectedMail
}

/** A mail that both servers send. */
export interface ExpectedMail {
  readonly to: string
  /** Keeps the token or code of the mail, to be sent later as `{{name}}`. */
  readonly keep?: string
  /** A value that PocketBase writes only after the mail was sent; the step waits for it. */
  readonly leaves?: StoredValue
}

/** A value of a record that superusers read. */
export interface StoredValue {
  readonly send: string
  readonly path: string
}

/** An account that signs in with a password before the steps. */
export interface Account {
  readonly name: string
  readonly collection: string
  /** The record without its password. */
  readonly record: { readonly [key: string]: Json }
}

/** A story that both servers are told, from a clean slate: collections, records, accounts, steps. */
export interface Scenario {
  readonly name: string
  /** Runs before the settings are made equal. Such scenarios come first in a run. */
  readonly needsFreshServers?: true
  /** Bodies of `POST /api/collections`. */
  readonly collections?: readonly { readonly [key: string]: Json }[]
  readonly accounts?: readonly Account[]
  /** Bodies of created records by collection. */
  readonly records?: Readonly<Record<string, readonly { readonly [key: string]: Json }[]>>
  readonly steps: readonly Step[]
}

/** Scenarios of one area. */
export interface Area {
  readonly name: string
  readonly scenarios: readonly Scenario[]
}

/** The password of every account. */
export const accountPassword = 'parity-1234567'

/** An id that a scenario gives itself: the short name, filled up to fifteen characters. */
export function longId(short: string): string {
  return short.padEnd(15, '0')
}

/** The short name of such an id. */
export function shortId(id: string): string {
  return id.replace(/0+$/, '')
}
