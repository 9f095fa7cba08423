import type { Database } from '#platform/bindings.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import type {
  DirectMessage,
  Publication,
  RealtimeShard,
  RealtimeShards,
  SubscribeCommand,
} from '#platform/realtime.ts'
import { streamHeaders } from '#realtime/protocol.ts'
import { Shard } from '#realtime/shard/shard.ts'
import type { Call } from './thread-calls.ts'

/** Shards in this process. */
export interface NodeRealtimeShards extends RealtimeShards {
  /** The functions by which other threads reach the shards of this one. */
  readonly callable: ShardFunctions
  /** Ends all streams of this thread; clients connect again. */
  close(): void
}

/** Calls of a shard, by its number. */
export type ShardFunctions = Readonly<ReturnType<typeof functionsOf>>

/** The place of this thread among those that share the shards. */
export interface ShardOwner {
  readonly number: number
  readonly count: number
  /** Calls a thread by its number. */
  readonly call: (thread: number) => Call<ShardFunctions>
}

/** As many as on Cloudflare: the number is part of client ids and of stored rows. */
const count = 8

/** The maximum number of threads: each has a shard at least. */
export const maxThreads = count

/**
 * Creates the shards of a process, which hold the connections themselves. Threads share them out by
 * number: a stream is opened in a shard of the thread that has its socket, and calls of the others go to their
 * threads.
 */
export function createRealtimeShards(db: Database, owner?: ShardOwner): NodeRealtimeShards {
  let enrichment: EnrichOf | undefined
  const enrichOf: EnrichOf = (collection) => enrichment?.(collection)
  const shards = new Map<number, Shard>()
  const running = (number: number): Shard => {
    const known = shards.get(number)
    if (known !== undefined) return known
    const shard = new Shard({ db, number, enrichOf })
    shards.set(number, shard)
    return shard
  }
  const callable = functionsOf(running)
  const threadOf = (number: number): number => (owner === undefined ? 0 : number % owner.count)
  const isOwn = (number: number): boolean => threadOf(number) === (owner?.number ?? 0)
  const own = Array.from({ length: count }, (_, number) => number).filter(isOwn)

  function open(number: number): RealtimeShard {
    const streamShard = isOwn(number) ? number : (own[number % own.length] ?? number)
    return {
      async fetch(request) {
        const stream = running(streamShard).connect(request.headers.get('X-Client-Ip') ?? '')
        return stream === undefined
          ? new Response(null, { status: 503 })
          : new Response(stream, { headers: streamHeaders })
      },
      ...(owner === undefined || isOwn(number)
        ? ownCalls(callable, number)
        : foreignCalls(() => owner.call(threadOf(number)), number)),
    }
  }

  const ports = Array.from({ length: count }, (_, number) => open(number))
  return {
    count,
    shard: (number) => ports[number] ?? open(number),
    enrichWith: (added) => {
      enrichment = added
    },
    callable,
    close: () => shards.forEach((shard) => shard.close()),
  }
}

function functionsOf(shard: (number: number) => Shard) {
  return {
    subscribe: async (number: number, command: SubscribeCommand) =>
      await shard(number).subscribe(command),
    publish: async (number: number, publication: Publication) =>
      await shard(number).publish(publication),
    listeners: async (number: number, topics: readonly string[]) => shard(number).listeners(topics),
    send: async (number: number, message: DirectMessage) => shard(number).send(message),
  }
}

type ShardCalls = Omit<RealtimeShard, 'fetch'>

function ownCalls(own: ShardFunctions, number: number): ShardCalls {
  return {
    subscribe: (command) => own.subscribe(number, command),
    publish: (publication) => own.publish(number, publication),
    listeners: (topics) => own.listeners(number, topics),
    send: (message) => own.send(number, message),
  }
}

function foreignCalls(owner: () => Call<ShardFunctions>, number: number): ShardCalls {
  return {
    subscribe: (command) => owner()('subscribe', number, command),
    publish: (publication) => owner()('publish', number, publication),
    listeners: (topics) => owner()('listeners', number, topics),
    send: (message) => owner()('send', number, message),
  }
}
