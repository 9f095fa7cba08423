/*
 * The clients of one shard: who is connected, speaks for which account, and wants to hear of what. No
 * input or output; whoever carries it writes what it says to the streams.
 */
import type {
  ListenerGroup,
  RealtimeAccount,
  SubscribeCommand,
  SubscribeOutcome,
} from '#platform/realtime.ts'
import { readTopic, type Topic } from './topics.ts'

/** An open connection. */
export interface Client {
  readonly id: string
  readonly ip: string
  readonly connectedAt: number
  /** When it was last sent a message, in milliseconds. */
  lastMessageAt: number
  account: RealtimeAccount | undefined
  topics: readonly Topic[]
}

/** A subscription of a client. */
export interface Listener {
  readonly client: Client
  readonly topic: Topic
  /** Tells the group it belongs to. */
  readonly group: string
}

/** A connection without messages is ended after so long. */
const idleMilliseconds = 5 * 60 * 1000
/** And any after so long: clients connect again, to whatever version runs by then. */
const lifetimeMilliseconds = 30 * 60 * 1000

/** Characters that all subscriptions of a client have together, and of a shard: their memory is a multiple. */
const maxClientCharacters = 256 * 1024
const maxCharacters = 8 * 1024 * 1024

/** The state of a shard. */
export class Hub {
  readonly #clients = new Map<string, Client>()
  /** Subscriptions by the collection they name. */
  readonly #listeners = new Map<string, Set<Listener>>()
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

  /** Whether a command is one to follow; a client keeps its address, and its account once it has one. */
  judge({ clientId, clientIp, account, subscriptions }: SubscribeCommand): SubscribeOutcome {
    const client = this.#clients.get(clientId)
    if (client === undefined) return 'missing'
    if (client.ip !== clientIp) return 'otherAddress'
    const isOther = client.account !== undefined && !isSameAccount(client.account, account)
    if (isOther) return 'otherAccount'
    const wanted = charactersOf(subscriptions)
    if (wanted > maxClientCharacters) return 'tooMuch'
    const others = this.#characters - charactersOf(client.topics.map(({ text }) => text))
    return others + wanted > maxCharacters ? 'full' : 'subscribed'
  }

  /** Follows a command: from now on the client hears of these topics alone. */
  subscribe(command: SubscribeCommand): SubscribeOutcome {
    const outcome = this.judge(command)
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
  listenersTo(
    collection: { readonly id: string; readonly name: string },
    recordId: string,
  ): Listener[] {
    const keys = new Set([collection.id, collection.name])
    return [...keys].flatMap((key) =>
      [...(this.#listeners.get(key) ?? [])].filter(
        ({ topic }) => topic.record === '*' || topic.record === recordId,
      ),
    )
  }

  /** The subscriptions to collections, by the ids and names that topics call them by. */
  listenersUnder(topics: readonly string[]): Listener[] {
    return topics.flatMap((topic) => [...(this.#listeners.get(topic) ?? [])])
  }

  /** The clients whose connection has to end. */
  overdue(now: number): Client[] {
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
    this.#characters += charactersOf(topics.map(({ text }) => text))
    this.#characters -= charactersOf(client.topics.map(({ text }) => text))
    client.topics = topics
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic.collection) ?? new Set<Listener>()
      this.#listeners.set(
        topic.collection,
        listeners.add({ client, topic, group: groupKey(topic) }),
      )
    }
  }
}

/** The topics that a command names, each once. */
export function topicsOf(subscriptions: readonly string[]): Topic[] {
  const texts = new Set(subscriptions.filter((text) => text !== ''))
  return [...texts].map(readTopic)
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
export function groupListeners(listeners: readonly Listener[]): ListenerGroup[] {
  const counts = new Map<string, number>()
  const ranks = new Map<string, Map<string, number>>()
  const rankOf = ({ client: { ip }, group }: Listener): number => {
    const known = ranks.get(group) ?? new Map<string, number>()
    ranks.set(group, known)
    const rank = known.get(ip) ?? counts.get(ip) ?? 0
    if (!known.has(ip)) counts.set(ip, rank + 1)
    known.set(ip, rank)
    return rank
  }
  const groups = [...Map.groupBy(listeners, ({ group }) => group)].map(([key, members]) => {
    const { topic } = members[0] as Listener
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
export function inTurn<T extends Pick<ListenerGroup, 'rank'>>(groups: readonly T[]): T[] {
  return groups.toSorted((a, b) => a.rank - b.rank)
}

/** What tells subscriptions apart that are not treated alike: the rule that is asked, and their options. */
function groupKey({ record, query, headers }: Topic): string {
  const entries = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([record === '*' ? 'list' : 'view', entries(query), entries(headers)])
}
