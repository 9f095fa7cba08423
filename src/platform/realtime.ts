/*
 * The transport of realtime: shards that hold the open connections, each addressed by its number. All
 * that crosses to one is data.
 */

/** An account that a connection speaks for, as it was when it subscribed. */
export interface RealtimeAccount {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
  /** The account's token key when the session began. */
  readonly tokenKey: string
  /** A digest of the secret its token was signed with. */
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
  /** It wants to hear of more than a client may, or the shard has room for. */
  | 'tooMuch'
  | 'full'
  /** Guests of its address block would have more different options than they may. */
  | 'tooManyOptions'

/** A record that was made or changed, as it was then: its columns by name, secrets left out. */
export interface RecordSnapshot {
  readonly action: 'create' | 'update'
  readonly collectionId: string
  readonly row: Readonly<Record<string, unknown>>
}

/** Subscriptions of one shard that a rule treats alike: same rule, same options. */
export interface SubscriberGroup {
  /** Tells the group from others; the same in all shards. */
  readonly key: string
  /** The rule that decides which records its members receive. */
  readonly rule: 'list' | 'view'
  /** The records they want to hear of, where they are few; a shard looks at that when it tells. */
  readonly records: readonly string[] | 'all'
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /**
   * When it is its turn, where not all are asked about: how many other groups come first for every
   * address that has members in it.
   */
  readonly rank: number
  /** Set where guests are asked about in another part of the group. */
  readonly withoutGuests?: true
  readonly accounts: readonly RealtimeAccount[]
}

/** A record as a subscriber may see it. */
export interface VisibleRecord {
  /** True when the subscriber manages the account that the record is. */
  readonly isManager: boolean
  /** The whole record as this viewer sees it, where relations were expanded. */
  readonly record?: Readonly<Record<string, unknown>>
}

/** The members of a group that may see a record: by account, `COLLECTION ID/RECORD ID`, or `''` for guests. */
export type GroupAccess = ReadonlyMap<string, VisibleRecord>

/** A record that was removed, as it was before, and who might have seen it then. */
export interface DeletedRecord {
  readonly action: 'delete'
  readonly collectionId: string
  readonly row: Readonly<Record<string, unknown>>
  /** By the key of the group. */
  readonly access: ReadonlyMap<string, GroupAccess>
  /** The sessions that had ended, of all that were asked about. */
  readonly ended: ReadonlySet<string>
  /** True when access was checked for all groups; the others must resync. */
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
  /** Counts the transactions that the shard is told of, without a gap. */
  readonly sequence: number
  readonly events: readonly RecordEvent[]
}

/** A message of its own kind, to one client, once. */
export interface DirectMessage {
  readonly clientId: string
  /** The client's address; another's is not answered. */
  readonly clientIp: string
  readonly topic: string
  readonly data: string
}

/** One shard. */
export interface RealtimeShard {
  /** Opens a stream of events; `X-Client-Ip` tells the client's address. */
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
}

/** The maximum number of groups that a shard lists. */
export const maxListedGroups = 1000

/** The subscribers of records that a transaction may delete. */
export interface Subscribers {
  /** The shards that were asked. */
  readonly shards: readonly number[]
  /** Those to ask about first come first; `unknown` where asking failed. */
  readonly groups: readonly SubscriberGroup[] | 'unknown'
}

/** Where a transaction's changes go, and who may hear of its removals. */
export interface RealtimeDirectory {
  /**
   * The subscribers of these topics that this isolate knows of; a batch that deletes records checks
   * that there are no others.
   */
  audience(topics: readonly string[]): Promise<Subscribers>
  /**
   * Has `audience` answer `unknown` from now on, since a batch with its questions failed; false when
   * there was nothing to ask, so that it failed for another reason.
   */
  skipAccessChecks(): boolean
  /** Says that there are listeners this isolate did not know of. */
  invalidate(topics: readonly string[]): void
  /** Tells shards, after the answer, what a transaction did. */
  publish(shards: readonly CountedShard[], events: readonly RecordEvent[]): void
}

/** A shard that is to be told of a transaction, and the number it goes by there. */
export interface CountedShard {
  readonly id: number
  readonly sequence: number
}
