/*
 * What an isolate knows of the shards: which listen to what, for a while. Where it knows of none, none
 * is asked; a batch that finds one all the same is undone and planned again.
 */
import { runBatch } from '#database/batch.ts'
import { interestedShards } from '#database/realtime-interests.ts'
import type { Background, Database } from '#platform/bindings.ts'
import type {
  Audience,
  RealtimeDirectory,
  RealtimeShards,
  RecordEvent,
} from '#platform/realtime.ts'
import { mostCommon } from './hub.ts'

/** What is known of who listens, for all requests of an isolate. */
export interface KnownListeners {
  /** Shards by topic, and until when to believe it. */
  readonly shards: Map<string, { readonly ids: readonly number[]; readonly until: number }>
  /** Topics about which the database is to be asked. */
  readonly unknown: Set<string>
}

/** Knows of no listener. */
export function createKnownListeners(): KnownListeners {
  return { shards: new Map(), unknown: new Set() }
}

interface Ports {
  readonly db: Database
  readonly shards: RealtimeShards
  readonly known: KnownListeners
  readonly background: Background
}

/** A shard that listened is asked again for so long. */
const beliefMilliseconds = 60_000

/** The directory of one request. */
export function createDirectory({ db, shards, known, background }: Ports): RealtimeDirectory {
  async function askedShards(topics: readonly string[]): Promise<number[]> {
    const now = Date.now()
    if (topics.some((topic) => known.unknown.has(topic))) {
      const [rows = []] = await runBatch(db, [interestedShards(topics, new Date(now))])
      const ids = rows.map(({ shard }) => Number(shard))
      for (const topic of topics) {
        known.unknown.delete(topic)
        known.shards.set(topic, { ids, until: now + beliefMilliseconds })
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

  return {
    async audience(topics): Promise<Audience> {
      const asked = await askedShards(topics)
      const answers = await Promise.all(asked.map((id) => shards.shard(id).listeners(topics)))
      return { shards: asked, groups: merge(answers.flat()) }
    },
    expectListeners(topics) {
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
    await shards.shard(id).publish(publication)
  } catch (error) {
    // oxlint-disable-next-line no-console -- the answer has left
    console.error({ realtime: id, error: error instanceof Error ? error.message : '' })
  }
}

/**
 * So many groups are asked about in the batch of a write, for which the writer waits. The others are
 * asked about afterwards, by how the record was.
 */
const maxAskedGroups = 100

/** The same group may have members in several shards. */
function merge(groups: Audience['groups']): Audience['groups'] {
  const merged: Audience['groups'] = [...Map.groupBy(groups, ({ key }) => key).values()].map(
    (alike) => {
      const [first] = alike as [Audience['groups'][number]]
      const records = alike.flatMap((group) => (group.records === 'all' ? [] : group.records))
      const accounts = alike.flatMap((group) => group.accounts)
      return {
        ...first,
        members: alike.reduce((sum, { members }) => sum + members, 0),
        records: first.records === 'all' ? 'all' : [...new Set(records)],
        accounts: [...new Map(accounts.map((account) => [account.sessionId, account])).values()],
      }
    },
  )
  return mostCommon(merged, maxAskedGroups, ({ members }) => members)
}
