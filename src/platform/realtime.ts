/*
 * The transport of realtime: numbered shards that hold the open connections. Everything sent to a
 * shard is plain data.
 */

import type { EnrichOf } from './enrich.ts'

/** The account of a connection, as it was when the client subscribed. */
export interface RealtimeAccount {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
  /** The account's token key when the session began. */
  readonly tokenKey: string
  /** A digest of the secret that signed its token. */
  readonly secretDigest: string
  readonly isSuperuser: boolean
}

/** The subscriptions of a client, replacing its earlier ones. */
export interface SubscribeCommand {
  readonly clientId: string
  readonly clientIp: string
  readonly subscriptions: readonly string[]
  readonly account: RealtimeAccount | undefined
}

/** The outcome of a subscription. */
export type SubscribeOutcome =
  | 'subscribed'
  | 'missing'
  | 'otherAddress'
  | 'otherAccount'
  /** The subscriptions exceed what a client may have or what the shard has room for. */
  | 'tooMuch'
  | 'full'
  /** Guests at its address block would exceed the limit of different options. */
  | 'tooManyOptions'

/** A record as it was created or updated: its columns by name, without secrets. */
export interface RecordSnapshot {
  readonly action: 'create' | 'update'
  readonly collectionId: string
  readonly row: Readonly<Record<string, unknown>>
}

/** Subscriptions of one shard that a rule treats alike: same rule, same options. */
export interface SubscriberGroup {
  /** Identifies the group; the same in all shards. */
  readonly key: string
  /** The rule that decides which records its members receive. */
  readonly rule: 'list' | 'view'
  /**
   * The ids of the records subscribed to, if there are few. The shard filters by them on delivery.
   */
  readonly records: readonly string[] | 'all'
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /**
   * The order in which groups are checked when not all can be: the number of groups that come first
   * for every address with members in it.
   */
  readonly rank: number
  /** Set if guests are checked in another part of the group. */
  readonly withoutGuests?: true
  readonly accounts: readonly RealtimeAccount[]
}

/** A record as a subscriber may see it. */
export interface VisibleRecord {
  /** True if the subscriber manages the account that the record is. */
  readonly isManager: boolean
  /** The whole record as the subscriber sees it, if relations were expanded. */
  readonly record?: Readonly<Record<string, unknown>>
}

/**
 * The members of a group that may see a record, by account: `COLLECTION ID/RECORD ID`, or `''` for
 * guests.
 */
export type GroupAccess = ReadonlyMap<string, VisibleRecord>

/** A deleted record as it was before, and who could see it then. */
export interface DeletedRecord {
  readonly action: 'delete'
  readonly collectionId: string
  readonly row: Readonly<Record<string, unknown>>
  /** Access by the key of the group. */
  readonly access: ReadonlyMap<string, GroupAccess>
  /** The checked sessions that had ended. */
  readonly ended: ReadonlySet<string>
  /** True if access was checked for all groups; the others must resync. */
  readonly isComplete: boolean
}

/** Records of a collection were deleted without access checks: all its subscribers must resync. */
export interface ResyncEvent {
  readonly action: 'resync'
  readonly collectionId: string
}

/** A change of one record, or of many. */
export type RecordEvent = RecordSnapshot | DeletedRecord | ResyncEvent

/** The changes of one transaction, for one shard. */
export interface Publication {
  /** The number of the transaction for this shard. Numbers have no gaps. */
  readonly sequence: number
  readonly events: readonly RecordEvent[]
}

/** A message to a single client. */
export interface DirectMessage {
  readonly clientId: string
  /** The client's address. Requests from other addresses fail. */
  readonly clientIp: string
  readonly topic: string
  readonly data: string
}

/** One shard. */
export interface RealtimeShard {
  /** Opens an event stream. `X-Client-Ip` holds the client's address. */
  fetch(request: Request): Promise<Response>
  subscribe(command: SubscribeCommand): Promise<SubscribeOutcome>
  /** Resolves once the shard has delivered the events. */
  publish(publication: Publication): Promise<void>
  /** The subscriber groups of collections, given by id and name; at most `maxListedGroups`. */
  listeners(topics: readonly string[]): Promise<readonly SubscriberGroup[]>
  /** True when the client is connected and subscribed to the topic. */
  send(message: DirectMessage): Promise<boolean>
}

/** The shards of a deployment, by their numbers. */
export interface RealtimeShards {
  readonly count: number
  shard(number: number): RealtimeShard
  /** Has the shards of this isolate or process show records as an application does. */
  enrichWith(enrichOf: EnrichOf): void
}

/** The maximum number of groups that a shard lists. */
export const maxListedGroups = 1000

/** A shard that receives a transaction, and the transaction's number there. */
export interface CountedShard {
  readonly id: number
  readonly sequence: number
}
