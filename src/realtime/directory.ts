/*
 * An isolate's cache of the shards and their subscriptions. Unknown shards are not queried. If a
 * batch finds one, it is undone and planned again.
 */
import { runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import { shardsSubscribedTo } from '#database/realtime-subscriptions.ts'
import type { Background, Database } from '#platform/bindings.ts'
import type {
  CountedShard,
  RealtimeShards,
  RecordEvent,
  SubscriberGroup,
} from '#platform/realtime.ts'
import { inTurn } from './hub.ts'

/** The cached subscriptions, shared by all requests of an isolate. */
export interface SubscriberCache {
  /** Shards by topic, and when the entry expires. */
  readonly shards: Map<string, { readonly ids: readonly number[]; readonly until: number }>
  /** Topics that must be queried from the database. */
  readonly unknown: Set<string>
}

/** Creates an empty cache. */
export function createSubscriberCache(): SubscriberCache {
  return { shards: new Map(), unknown: new Set() }
}

/** The subscribers of records that a transaction may delete. */
export interface Subscribers {
  /** The shards that were queried. */
  readonly shards: readonly number[]
  /** Groups in the order in which they are checked; `unknown` if the query failed. */
  readonly groups: readonly SubscriberGroup[] | 'unknown'
}

/** The shards of one request: publishes its changes and finds the subscribers of its deletions. */
export interface Directory {
  /**
   * The subscribers of these topics that this isolate knows. A batch that deletes records checks
   * that there are no others.
   */
  audience(topics: readonly string[]): Promise<Subscribers>
  /**
   * Makes `audience` return `unknown` from now on, after a batch with access checks failed. Returns
   * false if the batch had no checks and so failed for another reason.
   */
  skipAccessChecks(): boolean
  /** Reports that there are subscribers this isolate did not know. */
  invalidate(topics: readonly string[]): void
  /** Sends the changes of a transaction to shards, after the response. */
  publish(shards: readonly CountedShard[], events: readonly RecordEvent[]): void
}

interface Ports {
  readonly db: Database
  readonly shards: RealtimeShards
  readonly known: SubscriberCache
  readonly background: Background
}

/** The time that the shards of a topic are cached. */
const cacheMilliseconds = 60_000

/** Creates the directory of one request. */
export function createDirectory({ db, shards, known, background }: Ports): Directory {
  async function askedShards(topics: readonly string[]): Promise<number[]> {
    const now = Date.now()
    if (topics.some((topic) => known.unknown.has(topic))) {
      const [rows = []] = await runBatch(db, [shardsSubscribedTo(topics, new Date(now))])
      const ids = rows.map((row) => readNumber(row, 'shard'))
      for (const topic of topics) {
        known.unknown.delete(topic)
        known.shards.set(topic, { ids, until: now + cacheMilliseconds })
      }
    }
    const believed = topics.flatMap((topic) => {
      const entry = known.shards.get(topic)
      if (entry !== undefined && entry.until > now) return entry.ids
      known.shards.delete(topic)
      return []
    })
    return [...new Set(believed)]
  }

  let hasQuestions = false
  let isGivenUp = false

  return {
    async audience(topics): Promise<Subscribers> {
      const asked = await askedShards(topics)
      const groups = isGivenUp ? 'unknown' : await listenersOf(shards, asked, topics)
      hasQuestions ||= groups === 'unknown' || groups.length > 0
      return { shards: asked, groups }
    },
    skipAccessChecks() {
      const gives = hasQuestions && !isGivenUp
      isGivenUp ||= gives
      return gives
    },
    invalidate(topics) {
      for (const topic of topics) known.unknown.add(topic)
    },
    publish(counted, events) {
      background.run(
        Promise.all(counted.map(({ id, sequence }) => tell(shards, id, { sequence, events }))),
      )
    },
  }
}

async function tell(
  shards: RealtimeShards,
  id: number,
  publication: { readonly sequence: number; readonly events: readonly RecordEvent[] },
): Promise<void> {
  try {
    await twice(() => shards.shard(id).publish(publication))
  } catch (error) {
    // oxlint-disable-next-line no-console -- the response is already sent
    console.error({ realtime: id, error: error instanceof Error ? error.message : '' })
  }
}

/** The subscribers in these shards; `unknown` if one of them does not respond. */
async function listenersOf(
  shards: RealtimeShards,
  asked: readonly number[],
  topics: readonly string[],
): Promise<Subscribers['groups']> {
  try {
    const answers = await Promise.all(
      asked.map((id) => twice(() => shards.shard(id).listeners(topics))),
    )
    return merge(answers.flat())
  } catch {
    return 'unknown'
  }
}

/**
 * Retries once, because a call fails while its object is being moved. Sending twice is harmless.
 */
async function twice<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch {
    return await call()
  }
}

/** The same group may have members in several shards. */
function merge(groups: readonly SubscriberGroup[]): SubscriberGroup[] {
  const merged = [...Map.groupBy(groups, ({ key }) => key).values()].map(
    (alike): SubscriberGroup => {
      const [first] = alike as [SubscriberGroup]
      const records = alike.map((group) => group.records)
      const accounts = alike.flatMap((group) => group.accounts)
      return {
        ...first,
        rank: Math.min(...alike.map(({ rank }) => rank)),
        records: records.includes('all') ? 'all' : [...new Set(records.flat())],
        accounts: [...new Map(accounts.map((account) => [account.sessionId, account])).values()],
      }
    },
  )
  return inTurn(merged)
}
