/*
 * One shard: opens streams, stores subscriptions, and delivers each change to the clients that may
 * receive it. Changes are delivered in the order of their transactions, in batches, with one
 * database batch for all of them and all subscribers.
 */
import { sql } from 'drizzle-orm'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import type { Catalog } from '#catalog/catalog.ts'
import { topicsOf as topicsOfCollection } from '#catalog/record-events.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { runBatch } from '#database/batch.ts'
import { budget } from '#kernel/budget.ts'
import type { Database } from '#platform/bindings.ts'
import {
  type DirectMessage,
  type SubscriberGroup,
  maxListedGroups,
  type Publication,
  type RecordEvent,
  type SubscribeCommand,
  type SubscribeOutcome,
} from '#platform/realtime.ts'
import { accountKey, guestKey } from './subscriber-access.ts'
import {
  type Delivery,
  type Deliveries,
  groupsOf,
  planDeliveries,
  type EventQuery,
} from './deliveries.ts'
import { newClientId } from './client-id.ts'
import { type Client, groupSubscriptions, Hub, topicsOf } from './hub.ts'
import { SubscribedTopics } from './subscribed-topics.ts'
import { connectTopic, eventFrame, heartbeatFrame } from './protocol.ts'
import { secretDigest } from './secret-digest.ts'
import { Sequencer } from './sequencer.ts'

/** Dependencies of a shard. */
export interface ShardOptions {
  readonly db: Database
  readonly number: number
}

/** An open connection and its stream. */
interface Connection {
  readonly client: Client
  readonly controller: ReadableStreamDefaultController<Uint8Array>
}

const heartbeatMilliseconds = 25_000
/** Writes to a subscribing client before it counts as connected, and the time between them. */
const probes = 2
const probeMilliseconds = 10
/** Maximum unread bytes of a client. Slower clients are disconnected, and may reconnect. */
const maxWaitingBytes = 512 * 1024
/** The maximum for all clients together. */
const maxWaitingBytesInAll = 32 * 1024 * 1024
/** Maximum transactions per delivery. */
const maxPublications = 50
/** Attempts on a failing database before all clients are disconnected. */
const maxAttempts = 3

/** One shard. */
export class Shard {
  readonly #db: Database
  readonly #number: number
  readonly #hub = new Hub()
  readonly #connections = new Map<string, Connection>()
  readonly #catalogs = createCatalogCache()
  readonly #sequencer: Sequencer
  readonly #interests: SubscribedTopics
  #timer: ReturnType<typeof setInterval> | undefined
  /** The revision under which the accounts of all clients were checked. */
  #checkedRevision: number | undefined
  /** The number of subscriptions at that check, and now: later ones may have an older revision. */
  #checkedArrivals = 0
  #arrivals = 0

  constructor({ db, number }: ShardOptions) {
    this.#db = db
    this.#number = number
    this.#interests = new SubscribedTopics({
      db,
      shard: number,
      heard: () => this.#hub.topics,
      report: (error) => this.#report(error),
    })
    this.#sequencer = new Sequencer({
      deliver: (publications) => this.#tell(publications),
      // Missed events are lost, so the clients must reconnect and resync.
      onGap: () => this.close(),
      batchSize: maxPublications,
    })
  }

  /** Opens a stream that starts with the client's id; undefined if the shard is full. */
  connect(ip: string): ReadableStream<Uint8Array> | undefined {
    const inTheWay = this.#hub.roomToConnect(ip)
    if (inTheWay === undefined) return undefined
    for (const client of inTheWay) this.#end(client.id)
    if (this.#connections.size === 0) this.#sequencer.reset()
    const id = newClientId(this.#number)
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const client = this.#hub.connect(id, ip, Date.now())
          this.#connections.set(id, { client, controller })
          controller.enqueue(eventFrame(id, connectTopic, JSON.stringify({ clientId: id })))
          this.#timer ??= setInterval(() => this.#heartbeat(), heartbeatMilliseconds)
        },
        cancel: () => this.#end(id),
      },
      { highWaterMark: maxWaitingBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    )
  }

  /** Sets a client's subscriptions. Database: 1 batch, if they are new to the shard. */
  async subscribe(command: SubscribeCommand): Promise<SubscribeOutcome> {
    const outcome = this.#hub.check(command)
    if (outcome !== 'subscribed') return outcome
    await this.#findOutIfGone(command.clientId)
    const topics = topicsOf(command.subscriptions).map(({ collection }) => collection)
    return await this.#interests.note(topics, () => {
      for (const client of this.#hub.roomToSubscribe(command)) this.#end(client.id)
      if (command.account !== undefined) this.#arrivals += 1
      return this.#hub.subscribe(command)
    })
  }

  /**
   * Detects a lost client. The runtime only notices when it writes: the client's machine rejects
   * the first write, and the second one fails.
   */
  async #findOutIfGone(id: string): Promise<void> {
    for (let write = 0; write < probes; write++) {
      const connection = this.#connections.get(id)
      if (connection === undefined) return
      this.#enqueue(connection, heartbeatFrame)
      await new Promise((resolve) => setTimeout(resolve, probeMilliseconds))
    }
  }

  /** Publishes a transaction after all earlier ones. */
  async publish(publication: Publication): Promise<void> {
    await this.#sequencer.add(publication)
  }

  /** The subscribers of these topics. */
  listeners(topics: readonly string[]): SubscriberGroup[] {
    return groupSubscriptions(this.#hub.subscriptionsToCollections(topics)).slice(
      0,
      maxListedGroups,
    )
  }

  /** Sends a message to a client that waits for it, once. */
  send({ clientId, clientIp, topic, data }: DirectMessage): boolean {
    if (this.#hub.client(clientId)?.ip !== clientIp) return false
    const client = this.#hub.takeTopic(clientId, topic)
    return client !== undefined && this.#write(client, topic, data)
  }

  /** Ends all streams. */
  close(): void {
    for (const id of this.#connections.keys()) this.#end(id)
  }

  /** Detects lost clients, disconnects old connections, and drops unused topics. */
  #heartbeat(): void {
    for (const { id } of this.#hub.expired(Date.now())) this.#end(id)
    for (const connection of this.#connections.values()) {
      this.#enqueue(connection, heartbeatFrame)
    }
    this.#interests.tidy()
  }

  #end(id: string): void {
    const connection = this.#connections.get(id)
    this.#connections.delete(id)
    this.#hub.disconnect(id)
    if (this.#connections.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      this.#interests.tidy()
    }
    try {
      connection?.controller.close()
    } catch {
      // The client has closed it already.
    }
  }

  #write(client: Client, topic: string, data: string): boolean {
    const connection = this.#connections.get(client.id)
    if (connection === undefined) return false
    client.lastMessageAt = Date.now()
    return this.#enqueue(connection, eventFrame(client.id, topic, data))
  }

  #enqueue({ client, controller }: Connection, frame: Uint8Array): boolean {
    try {
      if ((controller.desiredSize ?? 0) > 0) {
        controller.enqueue(frame)
        return true
      }
    } catch {
      // The stream is closed; the client is removed below.
    }
    this.#end(client.id)
    return false
  }

  async #tell(publications: readonly Publication[]): Promise<void> {
    const events = publications.flatMap((publication) => publication.events)
    if (events.length === 0 || this.#connections.size === 0) return
    try {
      await this.#answerAll(events.map((event) => ({ event })))
    } catch (error) {
      this.#report(error)
      // Their events are lost, so the clients must reconnect and resync.
      this.close()
    }
  }

  /** Delivers the events of these queries, in order. */
  async #answerAll(questions: readonly EventQuery[]): Promise<void> {
    const spent = new Map<RecordEvent, number>()
    for (let open = questions; open.length > 0;) {
      const startedAt = Date.now()
      const { answers, rest } = await this.#askUntilAnswered(open)
      for (const answer of answers) await this.#deliver(answer)
      this.#disconnectSlowest()
      const [next, ...others] = rest
      open = rest
      // Only the first one can be a part.
      if (next?.groups === undefined) continue
      const milliseconds = (spent.get(next.event) ?? 0) + Date.now() - startedAt
      spent.set(next.event, milliseconds)
      if (milliseconds < budget.realtimeMilliseconds) continue
      const { collections } = await this.#catalogs.current(this.#db)
      for (const answer of this.#dropped(next, collections)) await this.#deliver(answer)
      open = others
    }
  }

  async #askUntilAnswered(questions: readonly EventQuery[]): Promise<Deliveries> {
    for (let attempt = 1; attempt < maxAttempts; attempt++) {
      try {
        return await this.#ask(questions)
      } catch (error) {
        this.#report(error)
      }
    }
    return await this.#askApart(questions)
  }

  /** Retries with smaller and smaller parts. Subscribers whose own check fails are dropped. */
  async #askApart(questions: readonly EventQuery[]): Promise<Deliveries> {
    try {
      return await this.#ask(questions)
    } catch (error) {
      const { collections, pieces } = await this.#split(questions)
      if (pieces.length <= 1) {
        this.#report(error)
        return { answers: pieces.flatMap((piece) => this.#dropped(piece, collections)), rest: [] }
      }
      const middle = Math.ceil(pieces.length / 2)
      const first = await this.#askApart(pieces.slice(0, middle))
      const second = await this.#askApart([...first.rest, ...pieces.slice(middle)])
      return { answers: [...first.answers, ...second.answers], rest: second.rest }
    }
  }

  /** Runs the queries one by one, and a single one by its groups. @throws If all of them fail */
  async #split(
    questions: readonly EventQuery[],
  ): Promise<Pick<Catalog, 'collections'> & { pieces: readonly EventQuery[] }> {
    await runBatch(this.#db, [sql`SELECT 1`])
    const catalog = await this.#catalogs.current(this.#db)
    const [question] = questions
    // Deletions were checked before.
    const isComplete = question?.event.action === 'delete' || question?.event.action === 'resync'
    if (question === undefined || questions.length > 1 || isComplete) {
      return { collections: catalog.collections, pieces: questions }
    }
    const groups = groupsOf(catalog, question, this.#hub)
    const pieces = groups.map((group) => ({ event: question.event, groups: [group] }))
    return { collections: catalog.collections, pieces }
  }

  #dropped({ event, groups }: EventQuery, collections: Catalog['collections']): Delivery[] {
    const collection = collections.find(event.collectionId)
    if (collection === undefined) return []
    const listeners =
      event.action === 'resync'
        ? this.#hub.subscriptionsToCollections(topicsOfCollection(collection))
        : this.#hub.subscriptionsTo(collection, String(event.row['id']))
    const keys = groups && new Set(groups.map(({ key }) => key))
    const dropped = listeners.filter(({ group }) => keys === undefined || keys.has(group))
    return [{ listeners: [], access: new Map(), ended: new Set(), messages: undefined, dropped }]
  }

  /**
   * Checks access for events and all their subscribers, as far as one batch goes. Database: 1
   * batch.
   */
  async #ask(questions: readonly EventQuery[]): Promise<Deliveries> {
    const transactor = createSystemTransactor(this.#db, this.#catalogs)
    return await transactor.read(async (scope) => {
      const forget = await this.#invalidatedAccounts(scope.catalog)
      const plan = planDeliveries(scope, questions, this.#hub)
      return {
        ...plan,
        // The batch has confirmed that the definitions are current.
        read: (rows) => {
          forget()
          return plan.read(rows)
        },
      }
    })
  }

  /**
   * Finds clients whose token was signed with another secret than their collection has now. Returns
   * a function that turns them into guests.
   */
  async #invalidatedAccounts({ collections, revision }: Catalog): Promise<() => void> {
    const arrivals = this.#arrivals
    if (revision === this.#checkedRevision && arrivals === this.#checkedArrivals) return () => {}
    const foreign: Pick<Client, 'id' | 'account'>[] = []
    for (const { client } of this.#connections.values()) {
      const { account } = client
      if (account === undefined) continue
      const secret = collections.find(account.collectionId)?.auth?.authToken.secret
      const holds = secret !== undefined && (await secretDigest(secret)) === account.secretDigest
      if (!holds) foreign.push({ id: client.id, account })
    }
    return () => {
      for (const { id, account } of foreign) {
        const client = this.#hub.client(id)
        // It may have signed in again meanwhile.
        if (client !== undefined && client.account === account) this.#hub.forgetAccount(client)
      }
      this.#checkedRevision = revision
      this.#checkedArrivals = arrivals
    }
  }

  async #deliver({ listeners, access, ended, messages, dropped }: Delivery): Promise<void> {
    for (const { client } of dropped) this.#end(client.id)
    if (messages === undefined) return
    for (const { client, topic, group } of listeners) {
      if (client.account !== undefined && ended.has(client.account.sessionId)) {
        this.#hub.forgetAccount(client)
      }
      const { account } = client
      const sight = access.get(group)?.get(account === undefined ? guestKey : accountKey(account))
      if (sight === undefined) continue
      this.#write(client, topic.text, await messages.of(topic, account, sight))
    }
  }

  /** Disconnects the clients with the most unread data, until all of it fits into memory. */
  #disconnectSlowest(): void {
    const waiting = [...this.#connections.values()]
      .map(({ client, controller }) => ({
        client,
        bytes: maxWaitingBytes - (controller.desiredSize ?? maxWaitingBytes),
      }))
      .filter(({ bytes }) => bytes > 0)
      .toSorted((a, b) => b.bytes - a.bytes)
    let sum = waiting.reduce((total, { bytes }) => total + bytes, 0)
    for (const { client, bytes } of waiting) {
      if (sum <= maxWaitingBytesInAll) return
      this.#end(client.id)
      sum -= bytes
    }
  }

  #report(error: unknown): void {
    // oxlint-disable-next-line no-console -- there is no response to report it in
    console.error({ realtime: this.#number, error: error instanceof Error ? error.stack : '' })
  }
}
