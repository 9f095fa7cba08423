import { runBatch } from '#database/batch.ts'
import { subscriptionSeconds, retainTopics, addTopics } from '#database/realtime-subscriptions.ts'
import type { Database } from '#platform/bindings.ts'

/** Options of a shard's stored topics. */
export interface NotedInterestsOptions {
  readonly db: Database
  /** The number of the shard. */
  readonly shard: number
  /** The topics with subscribers. */
  readonly heard: () => readonly string[]
  /** Logs failures in the background. */
  readonly report: (error: unknown) => void
}

/** The characters of ids and names of collections. */
const collectionName = /^\w{1,255}$/
/** The time before an unknown name is queried again. */
const unknownMilliseconds = 1000

/**
 * The stored topics of a shard, by which writes find it. Updates run one after another, and each
 * includes everything that waits, so that many concurrent subscriptions take few batches.
 */
export class SubscribedTopics {
  readonly #options: NotedInterestsOptions
  /** The topics stored in the database. */
  #noted = new Set<string>()
  #notedAt = 0
  /** Topics that are not stored yet. */
  readonly #wanted = new Set<string>()
  /** Topics that were no collection's at the last query. */
  readonly #unknown = new Set<string>()
  #again: ReturnType<typeof setTimeout> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: NotedInterestsOptions) {
    this.#options = options
  }

  /**
   * Stores those topics that are names or ids of collections, and calls `andThen` before any topic
   * can be removed again. Database: 1 batch, if one of them is new to the shard.
   */
  async note<T>(topics: readonly string[], andThen: () => T): Promise<T> {
    this.#want(topics)
    return await this.#inTurn(async () => {
      // A topic without subscribers may have been removed meanwhile.
      this.#want(topics)
      await this.#write()
      return andThen()
    })
  }

  /** Removes topics without subscribers, renews the others, and looks for new collections. */
  tidy(): void {
    this.#inBackground(async () => {
      const topics = this.#options.heard()
      const kept = topics.filter((topic) => this.#noted.has(topic))
      if (kept.length < this.#noted.size) {
        // If the update fails, removed topics must be stored again.
        this.#noted = new Set(kept)
        await runBatch(this.#options.db, [retainTopics(this.#options.shard, kept)])
      }
      this.#unknown.clear()
      this.#want(topics)
      if (topics.length > 0) await this.#write()
    })
  }

  #want(topics: readonly string[]): void {
    for (const topic of topics) this.#wanted.add(topic)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => undefined)
    return await turn
  }

  #inBackground(work: () => Promise<void>): void {
    void this.#inTurn(work).catch((error: unknown) => this.#options.report(error))
  }

  async #write(): Promise<void> {
    const { db, shard } = this.#options
    const isOld = Date.now() - this.#notedAt > (subscriptionSeconds * 1000) / 4
    const missing = [...this.#wanted].filter(
      (topic) => collectionName.test(topic) && !this.#noted.has(topic),
    )
    const wanted = missing.filter((topic) => !this.#unknown.has(topic))
    this.#wanted.clear()
    if (wanted.length < missing.length) this.#askAgain()
    if (!isOld && wanted.length === 0) return
    const now = new Date()
    const rows = await runBatch(db, addTopics(shard, wanted, now))
    this.#noted = new Set(rows.at(-1)?.map(({ topic }) => String(topic)))
    this.#notedAt = now.getTime()
    for (const topic of wanted) if (!this.#noted.has(topic)) this.#unknown.add(topic)
  }

  /** Queries unknown names again, after a moment. */
  #askAgain(): void {
    if (this.#again !== undefined) return
    this.#again = setTimeout(() => {
      this.#again = undefined
      this.#inBackground(async () => {
        this.#unknown.clear()
        this.#want(this.#options.heard())
        await this.#write()
      })
    }, unknownMilliseconds)
  }
}
