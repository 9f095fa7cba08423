import { runBatch } from '#database/batch.ts'
import { subscriptionSeconds, retainTopics, addTopics } from '#database/realtime-subscriptions.ts'
import type { Database } from '#platform/bindings.ts'

/** What the notes of a shard are kept with. */
export interface NotedInterestsOptions {
  readonly db: Database
  /** The number of the shard. */
  readonly shard: number
  /** The topics that somebody listens to now. */
  readonly heard: () => readonly string[]
  /** Hears of failures that nobody waits for. */
  readonly report: (error: unknown) => void
}

/** What ids and names of collections are made of. */
const collectionName = /^\w{1,255}$/
/** What is no collection's name is not asked about again for so long. */
const unknownMilliseconds = 1000

/**
 * The database's notes of what a shard listens to, by which writes find it. They are written one after
 * another, and each writes what all others wait for, so that many who subscribe at once take few.
 */
export class SubscribedTopics {
  readonly #options: NotedInterestsOptions
  /** The topics that the database knows of. */
  #noted = new Set<string>()
  #notedAt = 0
  /** Topics that are still to be noted. */
  readonly #wanted = new Set<string>()
  /** Topics that were no collection's when they were asked about last. */
  readonly #unknown = new Set<string>()
  #again: ReturnType<typeof setTimeout> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: NotedInterestsOptions) {
    this.#options = options
  }

  /**
   * Notes topics, as far as they are names or ids of collections, and does something before any note
   * is forgotten again. Database: 1 batch, if one of them is new to the shard.
   */
  async note<T>(topics: readonly string[], andThen: () => T): Promise<T> {
    this.#want(topics)
    return await this.#inTurn(async () => {
      // What was noted for it may have been forgotten since, as nobody listened yet.
      this.#want(topics)
      await this.#write()
      return andThen()
    })
  }

  /** Forgets what nobody listens to, renews the rest, and looks for collections that came since. */
  tidy(): void {
    this.#inBackground(async () => {
      const topics = this.#options.heard()
      const kept = topics.filter((topic) => this.#noted.has(topic))
      if (kept.length < this.#noted.size) {
        // If no answer comes, what was forgotten has to be noted again.
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

  /** Asks again, after a moment, about what was no collection's name the last time. */
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
