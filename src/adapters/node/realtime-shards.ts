import type { Database } from '#platform/bindings.ts'
import type { RealtimeShard, RealtimeShards } from '#platform/realtime.ts'
import { streamHeaders } from '#realtime/protocol.ts'
import { Shard } from '#realtime/shard/shard.ts'

/** Shards in this process. */
export interface NodeRealtimeShards extends RealtimeShards {
  /** Ends all streams; clients connect again. */
  close(): void
}

/** As many as on Cloudflare: the number is part of client ids and of stored rows. */
const count = 8

/** Creates the shards of a process, which hold the connections themselves. */
export function createRealtimeShards(db: Database): NodeRealtimeShards {
  const shards = new Map<number, Shard>()
  const running = (number: number): Shard => {
    const known = shards.get(number)
    if (known !== undefined) return known
    const shard = new Shard({ db, number })
    shards.set(number, shard)
    return shard
  }
  const ports = Array.from({ length: count }, (_, number) => portOf(() => running(number)))
  return {
    count,
    shard: (number) => ports[number] ?? portOf(() => running(number)),
    close: () => shards.forEach((shard) => shard.close()),
  }
}

function portOf(shard: () => Shard): RealtimeShard {
  return {
    async fetch(request) {
      const stream = shard().connect(request.headers.get('X-Client-Ip') ?? '')
      return stream === undefined
        ? new Response(null, { status: 503 })
        : new Response(stream, { headers: streamHeaders })
    },
    subscribe: async (command) => await shard().subscribe(command),
    publish: async (publication) => await shard().publish(publication),
    listeners: async (topics) => shard().listeners(topics),
    send: async (message) => shard().send(message),
  }
}
