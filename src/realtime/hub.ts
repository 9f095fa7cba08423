/*
 * The state of one shard: its clients, their accounts and their subscriptions. It does no input or
 * output; the shard writes to the streams.
 */
import { budget } from '#kernel/budget.ts'
import type {
  SubscriberGroup,
  RealtimeAccount,
  SubscribeCommand,
  SubscribeOutcome,
} from '#platform/realtime.ts'
import { clientsThatGiveWay, holderOf, type ShareHolder } from './shares.ts'
import { readTopic, type Topic } from './topics.ts'

/** An open connection. */
export interface Client extends ShareHolder {
  readonly id: string
  /** The time of the last message to it, in milliseconds. */
  lastMessageAt: number
  account: RealtimeAccount | undefined
  topics: readonly Topic[]
  characters: number
  /** The groups with options that its topics belong to. */
  groups: readonly string[]
}

/** A subscription of a client. */
export interface Subscription {
  readonly client: Client
  readonly topic: Topic
  /** The key of its group. */
  readonly group: string
}

/** A connection without messages ends after this time. */
const idleMilliseconds = 5 * 60 * 1000
/** Every connection ends after this time. Clients reconnect, to a new version if there is one. */
const lifetimeMilliseconds = 30 * 60 * 1000

/** Maximum characters of all subscriptions of a shard. They use a multiple of that in memory. */
const maxCharacters = 8 * 1024 * 1024
/** Maximum connections, since an object has 128 MB. */
const maxConnections = 4000

/** The state of a shard. */
export class Hub {
  readonly #clients = new Map<string, Client>()
  /** Subscriptions by the collection they name. */
  readonly #listeners = new Map<string, Set<Subscription>>()
  #characters = 0

  /** The collections with subscribers, by the ids and names in the topics. */
  get topics(): readonly string[] {
    return [...this.#listeners.keys()]
  }

  connect(id: string, ip: string, now: number): Client {
    const client: Client = {
      id,
      ip,
      connectedAt: now,
      lastMessageAt: now,
      account: undefined,
      topics: [],
      characters: 0,
      groups: [],
    }
    this.#clients.set(id, client)
    return client
  }

  disconnect(id: string): void {
    const client = this.#clients.get(id)
    if (client === undefined) return
    this.#setTopics(client, [])
    this.#clients.delete(id)
  }

  client(id: string): Client | undefined {
    return this.#clients.get(id)
  }

  /** The clients to disconnect for a new connection; undefined if it must be rejected. */
  roomToConnect(ip: string): readonly Client[] | undefined {
    const others = [...this.#clients.values()]
    const excess = others.length + 1 - maxConnections
    return excess <= 0
      ? []
      : clientsThatGiveWay(others, connectionAmount, { ip, account: undefined, amount: 1, excess })
  }

  /** The clients to disconnect for the subscriptions of another. */
  roomToSubscribe(command: SubscribeCommand): readonly Client[] {
    const clients = [
      ...(this.#roomForOptions(command) ?? []),
      ...(this.#roomForText(command) ?? []),
    ]
    return [...new Set(clients)]
  }

  /** Undefined if the text does not fit. */
  #roomForText(command: SubscribeCommand): readonly Client[] | undefined {
    const { clientId, clientIp: ip, account, subscriptions } = command
    const amount = charactersOf(subscriptions)
    const before = this.#clients.get(clientId)?.characters ?? 0
    const excess = this.#characters - before + amount - maxCharacters
    if (excess <= 0) return []
    const wanted = { ip, account, amount, excess }
    return clientsThatGiveWay(this.#others(clientId), ({ characters }) => characters, wanted)
  }

  /** Undefined if guests at the address would have too many different options. */
  #roomForOptions(command: SubscribeCommand): readonly Client[] | undefined {
    const { clientId, clientIp: ip, account, subscriptions } = command
    const groups = account === undefined ? groupsWithOptions(topicsOf(subscriptions)) : []
    if (groups.length === 0) return []
    const block = holderOf({ ip, account: undefined })
    const siblings = this.#others(clientId)
      .filter((client) => client.groups.length > 0 && holderOf(client) === block)
      .toSorted((a, b) => a.groups.length - b.groups.length)
    const ended: Client[] = []
    while (
      countDistinct([groups, ...siblings.map((client) => client.groups)]) > budget.guestOptions
    ) {
      const most = siblings.pop()
      if (most === undefined || most.groups.length <= groups.length) return undefined
      ended.push(most)
    }
    return ended
  }

  #others(clientId: string): Client[] {
    return [...this.#clients.values()].filter(({ id }) => id !== clientId)
  }

  /** Validates a command. A client keeps its address, and its account once it has one. */
  check(command: SubscribeCommand): SubscribeOutcome {
    const { clientId, clientIp, account, subscriptions } = command
    const client = this.#clients.get(clientId)
    if (client === undefined) return 'missing'
    if (client.ip !== clientIp) return 'otherAddress'
    const isOther = client.account !== undefined && !isSameAccount(client.account, account)
    if (isOther) return 'otherAccount'
    if (charactersOf(subscriptions) > budget.subscriptionBytes) return 'tooMuch'
    if (this.#roomForOptions(command) === undefined) return 'tooManyOptions'
    return this.#roomForText(command) === undefined ? 'full' : 'subscribed'
  }

  /** Executes a command, which replaces the client's subscriptions. */
  subscribe(command: SubscribeCommand): SubscribeOutcome {
    const outcome = this.check(command)
    const client = this.#clients.get(command.clientId)
    if (outcome !== 'subscribed' || client === undefined) return outcome
    client.account = command.account
    this.#setTopics(client, topicsOf(command.subscriptions))
    return outcome
  }

  /** Turns a client into a guest, because its account has changed. */
  forgetAccount(client: Client): void {
    client.account = undefined
  }

  /** Returns the client that waits for a direct message and removes its subscription. */
  takeTopic(clientId: string, text: string): Client | undefined {
    const client = this.#clients.get(clientId)
    const topic = client?.topics.find((candidate) => candidate.text === text)
    if (client === undefined || topic === undefined) return undefined
    this.#setTopics(
      client,
      client.topics.filter((candidate) => candidate !== topic),
    )
    return client
  }

  /** The subscriptions to a changed record, in the order they were made. */
  subscriptionsTo(
    collection: { readonly id: string; readonly name: string },
    recordId: string,
  ): Subscription[] {
    const keys = new Set([collection.id, collection.name])
    return [...keys].flatMap((key) =>
      [...(this.#listeners.get(key) ?? [])].filter(
        ({ topic }) => topic.record === '*' || topic.record === recordId,
      ),
    )
  }

  /** The subscriptions to collections, by the ids and names in the topics. */
  subscriptionsToCollections(topics: readonly string[]): Subscription[] {
    return topics.flatMap((topic) => [...(this.#listeners.get(topic) ?? [])])
  }

  /** The clients whose connection must end. */
  expired(now: number): Client[] {
    return [...this.#clients.values()].filter(
      ({ connectedAt, lastMessageAt }) =>
        now - lastMessageAt >= idleMilliseconds || now - connectedAt >= lifetimeMilliseconds,
    )
  }

  #setTopics(client: Client, topics: readonly Topic[]): void {
    for (const collection of new Set(client.topics.map((topic) => topic.collection))) {
      const listeners = this.#listeners.get(collection)
      for (const listener of listeners ?? []) {
        if (listener.client === client) listeners?.delete(listener)
      }
      if (listeners?.size === 0) this.#listeners.delete(collection)
    }
    this.#characters -= client.characters
    client.topics = topics
    client.characters = charactersOf(topics.map(({ text }) => text))
    client.groups = groupsWithOptions(topics)
    this.#characters += client.characters
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic.collection) ?? new Set<Subscription>()
      this.#listeners.set(
        topic.collection,
        listeners.add({ client, topic, group: groupKey(topic) }),
      )
    }
  }
}

function countDistinct(lists: readonly (readonly string[])[]): number {
  return new Set(lists.flat()).size
}

/** A connection without subscriptions counts twice. */
function connectionAmount({ characters }: Client): number {
  return characters === 0 ? 2 : 1
}

/** The distinct topics of a command. */
export function topicsOf(subscriptions: readonly string[]): Topic[] {
  const texts = new Set(subscriptions.filter((text) => text !== ''))
  return [...texts].map(readTopic)
}

/** The distinct groups of topics with options. */
function groupsWithOptions(topics: readonly Topic[]): string[] {
  const own = topics.filter(
    ({ query, headers }) => Object.keys(query).length + Object.keys(headers).length > 0,
  )
  return [...new Set(own.map(groupKey))]
}

function charactersOf(subscriptions: readonly string[]): number {
  return subscriptions.reduce((sum, { length }) => sum + length, 0)
}

function isSameAccount(a: RealtimeAccount, b: RealtimeAccount | undefined): boolean {
  return a.collectionId === b?.collectionId && a.recordId === b.recordId
}

/** Maximum record ids in a group. With more, all records are checked. */
const maxNamedRecords = 200

/**
 * Groups subscriptions that a rule treats alike. The first groups of each address come first, then
 * the second ones, and so on, so that clients with many different options wait for others.
 */
export function groupSubscriptions(listeners: readonly Subscription[]): SubscriberGroup[] {
  const counts = new Map<string, number>()
  const ranks = new Map<string, Map<string, number>>()
  const rankOf = ({ client: { ip }, group }: Subscription): number => {
    const known = ranks.get(group) ?? new Map<string, number>()
    ranks.set(group, known)
    const rank = known.get(ip) ?? counts.get(ip) ?? 0
    if (!known.has(ip)) counts.set(ip, rank + 1)
    known.set(ip, rank)
    return rank
  }
  const groups = [...Map.groupBy(listeners, ({ group }) => group)].map(([key, members]) => {
    const { topic } = members[0] as Subscription
    const accounts = new Map(
      members.flatMap(({ client: { account } }) =>
        account === undefined ? [] : [[account.sessionId, account] as const],
      ),
    )
    const records = new Set(members.map((member) => member.topic.record))
    return {
      key,
      rule: topic.record === '*' ? 'list' : 'view',
      records: topic.record === '*' || records.size > maxNamedRecords ? 'all' : [...records],
      query: topic.query,
      headers: topic.headers,
      rank: Math.min(...new Set(members.map(rankOf))),
      accounts: [...accounts.values()],
    } as const
  })
  return inTurn(groups)
}

/** Sorts groups in the order in which they are checked. */
export function inTurn<T extends Pick<SubscriberGroup, 'rank'>>(groups: readonly T[]): T[] {
  return groups.toSorted((a, b) => a.rank - b.rank)
}

/** The key of a group: its rule and its options. */
function groupKey({ record, query, headers }: Topic): string {
  const entries = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([record === '*' ? 'list' : 'view', entries(query), entries(headers)])
}
