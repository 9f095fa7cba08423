/*
 * One shard of realtime: accepts connections and subscriptions, and delivers the changes of
 * transactions in their order.
 */
import type { Database } from '#platform/bindings.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import {
  type DirectMessage,
  maxListedGroups,
  type Publication,
  type SubscribeCommand,
  type SubscribeOutcome,
  type SubscriberGroup,
} from '#platform/realtime.ts'
import { newClientId } from '#realtime/client-id.ts'
import { Connections } from './connections.ts'
import { Deliverer } from './deliverer.ts'
import { groupSubscriptions, Hub, topicsOf } from '#realtime/hub.ts'
import { connectTopic, createEventFormat } from '#realtime/protocol.ts'
import { Sequencer } from './sequencer.ts'
import { SubscribedTopics } from '#realtime/subscribed-topics.ts'

/** The options of a shard. */
export interface ShardOptions {
  readonly db: Database
  readonly number: number
  /** The hooks of an application that change records as they are shown. */
  readonly enrichOf?: EnrichOf | undefined
}

const heartbeatMilliseconds = 25_000
/** The maximum number of transactions that are delivered together. */
const maxPublications = 50

/** One shard. */
export class Shard {
  readonly #number: number
  readonly #hub = new Hub()
  readonly #connections = new Connections((id) => this.#disconnected(id))
  readonly #deliverer: Deliverer
  readonly #sequencer: Sequencer
  readonly #topics: SubscribedTopics
  #timer: ReturnType<typeof setInterval> | undefined

  constructor({ db, number, enrichOf }: ShardOptions) {
    this.#number = number
    const report = (error: unknown): void => this.#report(error)
    const parts = { db, hub: this.#hub, connections: this.#connections }
    this.#deliverer = new Deliverer({ ...parts, report, enrichOf })
    this.#topics = new SubscribedTopics({
      db,
      shard: number,
      heard: () => this.#hub.topics,
      report,
    })
    this.#sequencer = new Sequencer({
      deliver: (publications) => this.#deliver(publications),
      // The clients have missed something: they connect again and resync.
      onGap: () => this.close(),
      batchSize: maxPublications,
    })
  }

  /** Opens a stream, which begins with the client's id; undefined if the shard is full. */
  connect(ip: string): ReadableStream<Uint8Array> | undefined {
    const inTheWay = this.#hub.roomToConnect(ip)
    if (inTheWay === undefined) return undefined
    for (const client of inTheWay) this.#connections.end(client.id)
    if (this.#connections.count === 0) this.#sequencer.reset()
    const id = newClientId(this.#number)
    this.#timer ??= setInterval(() => this.#heartbeat(), heartbeatMilliseconds)
    return this.#connections.open(
      id,
      () => this.#hub.connect(id, ip, Date.now()),
      createEventFormat()(id, connectTopic, JSON.stringify({ clientId: id })),
    )
  }

  /** Subscribes a client. Database: 1 batch, unless the shard has subscribers to these topics. */
  async subscribe(command: SubscribeCommand): Promise<SubscribeOutcome> {
    const outcome = this.#hub.check(command)
    if (outcome !== 'subscribed') return outcome
    await this.#connections.probe(command.clientId)
    const topics = topicsOf(command.subscriptions).map(({ collection }) => collection)
    return await this.#topics.note(topics, () => {
      for (const client of this.#hub.roomToSubscribe(command)) this.#connections.end(client.id)
      if (command.account !== undefined) this.#deliverer.noteSignIn()
      return this.#hub.subscribe(command)
    })
  }

  /** Delivers a transaction, once all transactions before it are delivered. */
  async publish(publication: Publication): Promise<void> {
    await this.#sequencer.add(publication)
  }

  /** The subscriber groups of these topics. */
  listeners(topics: readonly string[]): SubscriberGroup[] {
    return groupSubscriptions(this.#hub.subscriptionsToCollections(topics)).slice(
      0,
      maxListedGroups,
    )
  }

  /** Sends a direct message to a client that is subscribed to its topic, once. */
  send({ clientId, clientIp, topic, data }: DirectMessage): boolean {
    if (this.#hub.client(clientId)?.ip !== clientIp) return false
    const client = this.#hub.takeTopic(clientId, topic)
    return client !== undefined && this.#connections.send(client, topic, data)
  }

  /** Ends all streams. */
  close(): void {
    this.#connections.endAll()
  }

  /** Ends connections that are gone or have reached their lifetime. */
  #heartbeat(): void {
    for (const { id } of this.#hub.expired(Date.now())) this.#connections.end(id)
    this.#connections.heartbeat()
    this.#topics.tidy()
  }

  #disconnected(id: string): void {
    this.#hub.disconnect(id)
    if (this.#connections.count > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#topics.tidy()
  }

  async #deliver(publications: readonly Publication[]): Promise<void> {
    const events = publications.flatMap((publication) => publication.events)
    if (events.length === 0 || this.#connections.count === 0) return
    try {
      await this.#deliverer.deliver(events)
    } catch (error) {
      this.#report(error)
      // The clients have missed something: they connect again and resync.
      this.close()
    }
  }

  #report(error: unknown): void {
    // oxlint-disable-next-line no-console -- there is no response to report it in
    console.error({ realtime: this.#number, error: error instanceof Error ? error.stack : '' })
  }
}
