/*
 * The delivery of a shard's events. One batch checks the access of all subscribers to as many events
 * as fit; if it fails, the events are split until the parts that cannot be checked stand alone, and
 * their subscribers are disconnected.
 */
import { sql } from 'drizzle-orm'
import { type CatalogCache, createCatalogCache } from '#catalog/catalog-cache.ts'
import type { Catalog } from '#catalog/catalog.ts'
import { topicsOf } from '#catalog/record-events.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { runBatch } from '#database/batch.ts'
import { budget } from '#kernel/budget.ts'
import type { Database } from '#platform/bindings.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import type { RecordEvent } from '#platform/realtime.ts'
import type { Connections } from './connections.ts'
import {
  type Deliveries,
  type Delivery,
  type EventQuery,
  groupsOf,
  planDeliveries,
} from '#realtime/plan-deliveries.ts'
import type { Client, Hub } from '#realtime/hub.ts'
import { secretDigest } from '#realtime/secret-digest.ts'
import { accountKey, guestKey } from '#realtime/access/members.ts'

/** The number of times that a failing batch is tried before it is split. */
const maxAttempts = 3

interface Ports {
  readonly db: Database
  readonly hub: Hub
  readonly connections: Connections
  readonly report: (error: unknown) => void
  readonly enrichOf: EnrichOf | undefined
}

/** Delivers events to the clients of a shard. */
export class Deliverer {
  readonly #ports: Ports
  readonly #catalogs: CatalogCache
  /** The revision under which the accounts of all clients were checked. */
  #checkedRevision: number | undefined
  /** The number of sign-ins by then, and by now; later ones may have come under an older revision. */
  #checkedSignIns = 0
  #signIns = 0

  constructor(ports: Ports) {
    this.#ports = ports
    this.#catalogs = createCatalogCache(ports.enrichOf)
  }

  /** Notes that a client has subscribed with an account, which may have to be checked. */
  noteSignIn(): void {
    this.#signIns += 1
  }

  /** Delivers events in their order. Database: 1 batch for each 100 access checks. */
  async deliver(events: readonly RecordEvent[]): Promise<void> {
    const spent = new Map<RecordEvent, number>()
    for (let open: readonly EventQuery[] = events.map((event) => ({ event })); open.length > 0;) {
      const startedAt = Date.now()
      const { answers, rest } = await this.#checkUntilDone(open)
      for (const answer of answers) await this.#send(answer)
      this.#ports.connections.endSlowest()
      const [next, ...others] = rest
      open = rest
      // Only the first event can have been checked in part.
      if (next?.groups === undefined) continue
      const milliseconds = (spent.get(next.event) ?? 0) + Date.now() - startedAt
      spent.set(next.event, milliseconds)
      if (milliseconds < budget.realtimeMilliseconds) continue
      const { collections } = await this.#catalogs.current(this.#ports.db)
      for (const answer of this.#dropped(next, collections)) await this.#send(answer)
      open = others
    }
  }

  async #checkUntilDone(queries: readonly EventQuery[]): Promise<Deliveries> {
    for (let attempt = 1; attempt < maxAttempts; attempt++) {
      try {
        return await this.#check(queries)
      } catch (error) {
        this.#ports.report(error)
      }
    }
    return await this.#checkInParts(queries)
  }

  async #checkInParts(queries: readonly EventQuery[]): Promise<Deliveries> {
    try {
      return await this.#check(queries)
    } catch (error) {
      const { collections, parts } = await this.#split(queries)
      if (parts.length <= 1) {
        this.#ports.report(error)
        return { answers: parts.flatMap((part) => this.#dropped(part, collections)), rest: [] }
      }
      const middle = Math.ceil(parts.length / 2)
      const first = await this.#checkInParts(parts.slice(0, middle))
      const second = await this.#checkInParts([...first.rest, ...parts.slice(middle)])
      return { answers: [...first.answers, ...second.answers], rest: second.rest }
    }
  }

  /** Several queries one by one, a single one by its groups. Throws if the database does not respond. */
  async #split(
    queries: readonly EventQuery[],
  ): Promise<Pick<Catalog, 'collections'> & { parts: readonly EventQuery[] }> {
    const { db, hub } = this.#ports
    await runBatch(db, [sql`SELECT 1`])
    const catalog = await this.#catalogs.current(db)
    const [query] = queries
    // Access to a deleted record was checked before it was deleted.
    const isChecked = query?.event.action === 'delete' || query?.event.action === 'resync'
    if (query === undefined || queries.length > 1 || isChecked) {
      return { collections: catalog.collections, parts: queries }
    }
    const groups = groupsOf(catalog, query, hub)
    const parts = groups.map((group) => ({ event: query.event, groups: [group] }))
    return { collections: catalog.collections, parts }
  }

  #dropped({ event, groups }: EventQuery, collections: Catalog['collections']): Delivery[] {
    const { hub } = this.#ports
    const collection = collections.find(event.collectionId)
    if (collection === undefined) return []
    const listeners =
      event.action === 'resync'
        ? hub.subscriptionsToCollections(topicsOf(collection))
        : hub.subscriptionsTo(collection, String(event.row['id']))
    const keys = groups && new Set(groups.map(({ key }) => key))
    const dropped = listeners.filter(({ group }) => keys === undefined || keys.has(group))
    return [{ listeners: [], access: new Map(), ended: new Set(), messages: undefined, dropped }]
  }

  /** Checks access to as many events as fit into one batch. Database: 1 batch. */
  async #check(queries: readonly EventQuery[]): Promise<Deliveries> {
    const { db, hub } = this.#ports
    const transactor = createSystemTransactor(db, this.#catalogs)
    return await transactor.read(async (context) => {
      const forget = await this.#invalidatedAccounts(context.catalog)
      const plan = planDeliveries(context, queries, hub)
      return {
        ...plan,
        // The definitions are known to be current by now.
        read: (rows) => {
          forget()
          return plan.read(rows)
        },
      }
    })
  }

  /**
   * Finds the accounts whose token was signed with another secret than their collection has now.
   * Returns a function that makes guests of them.
   */
  async #invalidatedAccounts({ collections, revision }: Catalog): Promise<() => void> {
    const { hub, connections } = this.#ports
    const signIns = this.#signIns
    if (revision === this.#checkedRevision && signIns === this.#checkedSignIns) return () => {}
    const invalid: Pick<Client, 'id' | 'account'>[] = []
    for (const { id, account } of connections.clients) {
      if (account === undefined) continue
      const secret = collections.find(account.collectionId)?.auth?.authToken.secret
      const isValid = secret !== undefined && (await secretDigest(secret)) === account.secretDigest
      if (!isValid) invalid.push({ id, account })
    }
    return () => {
      for (const { id, account } of invalid) {
        const client = hub.client(id)
        // It may have signed in again meanwhile.
        if (client !== undefined && client.account === account) hub.forgetAccount(client)
      }
      this.#checkedRevision = revision
      this.#checkedSignIns = signIns
    }
  }

  async #send({ listeners, access, ended, messages, dropped }: Delivery): Promise<void> {
    const { hub, connections } = this.#ports
    for (const { client } of dropped) connections.end(client.id)
    if (messages === undefined) return
    for (const { client, topic, group } of listeners) {
      if (client.account !== undefined && ended.has(client.account.sessionId)) {
        hub.forgetAccount(client)
      }
      const { account } = client
      const visible = access.get(group)?.get(account === undefined ? guestKey : accountKey(account))
      if (visible === undefined) continue
      const message = messages.of(topic, account, visible)
      // Most receivers share a message: waiting for each of them would cost more than sending it.
      const text = typeof message === 'string' ? message : await message
      connections.send(client, topic.text, text)
    }
  }
}
