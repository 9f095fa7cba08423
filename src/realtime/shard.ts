/*
 * One shard at work: streams are opened, subscriptions noted, and of what transactions did each client
 * is told what it may know. Changes are told in the order of their transactions, as many at a time as
 * have come together, and one batch asks the database for all of them and all subscribers.
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

/** What a shard works with. */
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
/** Writes to a client that subscribes, and the time in which one fails that goes to nobody. */
const probes = 2
const probeMilliseconds = 10
/** Bytes that may wait for a client to read them; a slower one is sent away, and may come again. */
const maxWaitingBytes = 512 * 1024
/** And for all clients together. */
const maxWaitingBytesInAll = 32 * 1024 * 1024
/** So many transactions are told of at a time. */
const maxPublications = 50
/** A database that fails is asked again so often, before all clients are sent away. */
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
  /** The definitions under which the accounts of all clients were looked at. */
  #checkedRevision: number | undefined
  /** How many had subscribed by then, and have by now: they may have come under older definitions. */
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
      // What they should have heard nobody knows: they connect again, and read anew.
      onGap: () => this.close(),
      batchSize: maxPublications,
    })
  }

  /** Opens a stream, which begins with the client's id; undefined where none with more gives way. */
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

  /** Notes what a client wants to hear. Database: 1 batch, if nobody of the shard listened to it yet. */
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
   * Ends the connection of a client that is gone. The runtime notices that only when it writes: the first
   * write is answered by the client's machine, and the second one fails.
   */
  async #findOutIfGone(id: string): Promise<void> {
    for (let write = 0; write < probes; write++) {
      const connection = this.#connections.get(id)
      if (connection === undefined) return
      this.#enqueue(connection, heartbeatFrame)
      await new Promise((resolve) => setTimeout(resolve, probeMilliseconds))
    }
  }

  /** Tells of a transaction, once all before it were told of. */
  async publish(publication: Publication): Promise<void> {
    await this.#sequencer.add(publication)
  }

  /** Who listens to these topics. */
  listeners(topics: readonly string[]): SubscriberGroup[] {
    return groupSubscriptions(this.#hub.subscriptionsToCollections(topics)).slice(
      0,
      maxListedGroups,
    )
  }

  /** Sends a message of its own kind, once, to who waits for it. */
  send({ clientId, clientIp, topic, data }: DirectMessage): boolean {
    if (this.#hub.client(clientId)?.ip !== clientIp) return false
    const client = this.#hub.takeTopic(clientId, topic)
    return client !== undefined && this.#write(client, topic, data)
  }

  /** Ends all streams. */
  close(): void {
    for (const id of this.#connections.keys()) this.#end(id)
  }

  /** Finds who is gone, sends away who has been here for too long, and forgets what nobody listens to. */
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
      // The stream is closed; the client is forgotten below.
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
      // What they should have heard is lost: they connect again, and read anew.
      this.close()
    }
  }

  /** Tells what the database answers to questions, in their order. */
  async #answerAll(questions: readonly EventQuery[]): Promise<void> {
    const spent = new Map<RecordEvent, number>()
    for (let open = questions; open.length > 0;) {
      const startedAt = Date.now()
      const { answers, rest } = await this.#askUntilAnswered(open)
      for (const answer of answers) await this.#deliver(answer)
      this.#disconnectSlowest()
      const [next, ...others] = rest
      open = rest
      // Only the first is one of which a part was asked.
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

  /** Asks in smaller and smaller pieces; whoever cannot be asked about by themselves is lost. */
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

  /** The questions one by one, a single one by its groups. @throws when the database answers nothing at all */
  async #split(
    questions: readonly EventQuery[],
  ): Promise<Pick<Catalog, 'collections'> & { pieces: readonly EventQuery[] }> {
    await runBatch(this.#db, [sql`SELECT 1`])
    const catalog = await this.#catalogs.current(this.#db)
    const [question] = questions
    // Who hears of a removal was asked before it.
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

  /** Asks about events and all who listen to them, as far as one batch does. Database: 1 batch. */
  async #ask(questions: readonly EventQuery[]): Promise<Deliveries> {
    const transactor = createSystemTransactor(this.#db, this.#catalogs)
    return await transactor.read(async (scope) => {
      const forget = await this.#invalidatedAccounts(scope.catalog)
      const plan = planDeliveries(scope, questions, this.#hub)
      return {
        ...plan,
        // By now the definitions are known to be the current ones.
        read: (rows) => {
          forget()
          return plan.read(rows)
        },
      }
    })
  }

  /**
   * Finds whose token is signed with another secret than their collection has now. Gives what makes
   * guests of them.
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
        // It may have signed in anew meanwhile.
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

  /** Sends away those for whom the most waits, as long as more waits for all than there is memory for. */
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
