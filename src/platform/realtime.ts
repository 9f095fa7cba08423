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

/** What a client wants to hear from now on, in place of what it heard before. */
export interface SubscribeCommand {
  readonly clientId: string
  readonly clientIp: string
  readonly subscriptions: readonly string[]
  readonly account: RealtimeAccount | undefined
}

/** What came of a subscription. */
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
export interface ListenerGroup {
  /** Tells the group from others; the same in all shards. */
  readonly key: string
  /** Which rule lets its members hear of a record. */
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

/** How somebody sees a record. */
export interface Sight {
  /** Whether the viewer manages the account that the record is. */
  readonly manages: boolean
  /** The whole record as this viewer sees it, where relations were expanded. */
  readonly record?: Readonly<Record<string, unknown>>
}

/** Who of a group may hear of a record: by account, `COLLECTION ID/RECORD ID`, or `''` for guests. */
export type GroupSights = ReadonlyMap<string, Sight>

/** A record that was removed, as it was before, and who might have seen it then. */
export interface RecordRemoval {
  readonly action: 'delete'
  readonly collectionId: string
  readonly row: Readonly<Record<string, unknown>>
  /** By the key of the group. */
  readonly sights: ReadonlyMap<string, GroupSights>
  /** The sessions that had ended, of all that were asked about. */
  readonly ended: ReadonlySet<string>
  /** Whether all groups were asked about; those that were not read anew. */
  readonly isWhole: boolean
}

/** Records of a collection were removed, and it was not asked who may hear of which: all read anew. */
export interface UntoldRemoval {
  readonly action: 'untold'
  readonly collectionId: string
}

/** What happened to a record, or to many. */
export type RecordEvent = RecordSnapshot | RecordRemoval | UntoldRemoval

/** What one transaction did, as one shard is to hear it. */
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
  /** Resolves once the shard has told whoever is to hear of it. */
  publish(publication: Publication): Promise<void>
  /** Who listens to collections, by the ids and names that topics call them by; the first of them. */
  listeners(topics: readonly string[]): Promise<readonly ListenerGroup[]>
  /** Whether the client was there, and waited for the topic. */
  send(message: DirectMessage): Promise<boolean>
}

/** The shards of a deployment, by their numbers. */
export interface RealtimeShards {
  readonly count: number
  shard(number: number): RealtimeShard
}

/** A shard names so many groups at most when it is asked who listens. */
export const maxListedGroups = 1000

/** Who listens to what a transaction may remove. */
export interface Audience {
  /** The shards that were asked. */
  readonly shards: readonly number[]
  /** Those to ask about first come first; `unknown` where asking failed. */
  readonly groups: readonly ListenerGroup[] | 'unknown'
}

/** Where a transaction's changes go, and who may hear of its removals. */
export interface RealtimeDirectory {
  /**
   * Who listens to these topics, as far as this isolate knows of listeners; a batch that removes
   * records makes sure that there are no others.
   */
  audience(topics: readonly string[]): Promise<Audience>
  /**
   * Has `audience` answer `unknown` from now on, since a batch with its questions failed; false when
   * there was nothing to ask, so that it failed for another reason.
   */
  giveUpAsking(): boolean
  /** Says that there are listeners this isolate did not know of. */
  expectListeners(topics: readonly string[]): void
  /** Tells shards, after the answer, what a transaction did. */
  publish(shards: readonly CountedShard[], events: readonly RecordEvent[]): void
}

/** A shard that is to be told of a transaction, and the number it goes by there. */
export interface CountedShard {
  readonly id: number
  readonly sequence: number
}
