/*
 * The clients of one shard: who is connected, speaks for which account, and wants to hear of what. No
 * input or output; whoever carries it writes what it says to the streams.
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
  /** When it was last sent a message, in milliseconds. */
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
  /** Tells the group it belongs to. */
  readonly group: string
}

/** A connection without messages is ended after so long. */
const idleMilliseconds = 5 * 60 * 1000
/** And any after so long: clients connect again, to whatever version runs by then. */
const lifetimeMilliseconds = 30 * 60 * 1000

/** Characters of all subscriptions of a shard: their memory is a multiple. */
const maxCharacters = 8 * 1024 * 1024
/** More connections are not opened: an object has 128 MB. */
const maxConnections = 4000

/** The state of a shard. */
export class Hub {
  readonly #clients = new Map<string, Client>()
  /** Subscriptions by the collection they name. */
  readonly #listeners = new Map<string, Set<Subscription>>()
  #characters = 0

  /** The collections that somebody listens to, by the ids and names that topics call them by. */
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

  /** The clients that give way to another connection; undefined where it cannot be opened. */
  roomToConnect(ip: string): readonly Client[] | undefined {
    const others = [...this.#clients.values()]
    const excess = others.length + 1 - maxConnections
    return excess <= 0
      ? []
      : clientsThatGiveWay(others, connectionAmount, { ip, account: undefined, amount: 1, excess })
  }

  /** The clients that give way to the subscriptions of another. */
  roomToSubscribe(command: SubscribeCommand): readonly Client[] {
    const clients = [
      ...(this.#roomForOptions(command) ?? []),
      ...(this.#roomForText(command) ?? []),
    ]
    return [...new Set(clients)]
  }

  /** Undefined where the text does not fit. */
  #roomForText(command: SubscribeCommand): readonly Client[] | undefined {
    const { clientId, clientIp: ip, account, subscriptions } = command
    const amount = charactersOf(subscriptions)
    const before = this.#clients.get(clientId)?.characters ?? 0
    const excess = this.#characters - before + amount - maxCharacters
    if (excess <= 0) return []
    const wanted = { ip, account, amount, excess }
    return clientsThatGiveWay(this.#others(clientId), ({ characters }) => characters, wanted)
  }

  /** Undefined where guests at the address would have too many different options. */
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

  /** Whether a command is one to follow; a client keeps its address, and its account once it has one. */
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

  /** Follows a command: from now on the client hears of these topics alone. */
  subscribe(command: SubscribeCommand): SubscribeOutcome {
    const outcome = this.check(command)
    const client = this.#clients.get(command.clientId)
    if (outcome !== 'subscribed' || client === undefined) return outcome
    client.account = command.account
    this.#setTopics(client, topicsOf(command.subscriptions))
    return outcome
  }

  /** Makes a client a guest, whose account is not what it was. */
  forgetAccount(client: Client): void {
    client.account = undefined
  }

  /** Who waits for a topic of its own kind, once: it is no longer waited for afterwards. */
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

  /** The subscriptions that a change of a record is about, in the order they were made. */
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

  /** The subscriptions to collections, by the ids and names that topics call them by. */
  subscriptionsToCollections(topics: readonly string[]): Subscription[] {
    return topics.flatMap((topic) => [...(this.#listeners.get(topic) ?? [])])
  }

  /** The clients whose connection has to end. */
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

/** A connection that listens to nothing counts twice. */
function connectionAmount({ characters }: Client): number {
  return characters === 0 ? 2 : 1
}

/** The topics that a command names, each once. */
export function topicsOf(subscriptions: readonly string[]): Topic[] {
  const texts = new Set(subscriptions.filter((text) => text !== ''))
  return [...texts].map(readTopic)
}

/** The groups of topics with options, each once. */
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

/** Records that a group names one by one; of more, all are asked about. */
const maxNamedRecords = 200

/**
 * Subscriptions that are treated alike, together. First come the groups that are the first of some
 * address, then the second ones, and so on: whoever makes up options nobody else has waits for others.
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

/** Groups in the order in which they are asked about. */
export function inTurn<T extends Pick<SubscriberGroup, 'rank'>>(groups: readonly T[]): T[] {
  return groups.toSorted((a, b) => a.rank - b.rank)
}

/** What tells subscriptions apart that are not treated alike: the rule that is asked, and their options. */
function groupKey({ record, query, headers }: Topic): string {
  const entries = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([record === '*' ? 'list' : 'view', entries(query), entries(headers)])
}
