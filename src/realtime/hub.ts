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

/** The state of a shard. */
export class Hub {
  readonly #clients = new Map<string, Client>()
  /** Subscriptions by the collection they name. */
  readonly #listeners = new Map<string, Set<Listener>>()

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
  judge({ clientId, clientIp, account }: SubscribeCommand): SubscribeOutcome {
    const client = this.#clients.get(clientId)
    if (client === undefined) return 'missing'
    if (client.ip !== clientIp) return 'otherAddress'
    const isOther = client.account !== undefined && !isSameAccount(client.account, account)
    return isOther ? 'otherAccount' : 'subscribed'
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
    for (const { collection } of client.topics) {
      const listeners = this.#listeners.get(collection)
      for (const listener of listeners ?? []) {
        if (listener.client === client) listeners?.delete(listener)
      }
      if (listeners?.size === 0) this.#listeners.delete(collection)
    }
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

function isSameAccount(a: RealtimeAccount, b: RealtimeAccount | undefined): boolean {
  return a.collectionId === b?.collectionId && a.recordId === b.recordId
}

/** Subscriptions that are treated alike, together; the most common ones, where there are more than `most`. */
export function groupListeners(listeners: readonly Listener[], most: number): ListenerGroup[] {
  const groups = [...Map.groupBy(listeners, ({ group }) => group)]
  return mostCommon(groups, most, ([, members]) => members.length).map(([key, members]) => {
    const { topic } = members[0] as Listener
    const accounts = new Map(
      members.flatMap(({ client: { account } }) =>
        account === undefined ? [] : [[account.sessionId, account] as const],
      ),
    )
    return {
      key,
      rule: topic.record === '*' ? 'list' : 'view',
      records:
        topic.record === '*' ? 'all' : [...new Set(members.map((member) => member.topic.record))],
      query: topic.query,
      headers: topic.headers,
      members: members.length,
      accounts: [...accounts.values()],
    }
  })
}

/** What tells subscriptions apart that are not treated alike: the rule that is asked, and their options. */
function groupKey({ record, query, headers }: Topic): string {
  const entries = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([record === '*' ? 'list' : 'view', entries(query), entries(headers)])
}

/** Those that the most belong to, in their order. */
export function mostCommon<T>(
  groups: readonly T[],
  most: number,
  sizeOf: (group: T) => number,
): readonly T[] {
  if (groups.length <= most) return groups
  const chosen = new Set(groups.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, most))
  return groups.filter((group) => chosen.has(group))
}
