import { DurableObject } from 'cloudflare:workers'
import type { Database } from '#platform/bindings.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import type {
  DirectMessage,
  SubscriberGroup,
  Publication,
  RealtimeShard as RealtimeShardPort,
  RealtimeShards,
  SubscribeCommand,
  SubscribeOutcome,
} from '#platform/realtime.ts'
import { streamHeaders } from '#realtime/protocol.ts'
import { Shard } from '#realtime/shard/shard.ts'

/** The Durable Object of a shard; its name is the shard's number. */
export class RealtimeShard extends DurableObject<{ DB: Database }> implements RealtimeShardPort {
  /**
   * The hooks of the Worker's application. The runtime makes the objects, in an isolate that loads the
   * module of the Worker first, so there is no other way to pass something to them.
   */
  static enrichOf: EnrichOf | undefined

  #shard: Shard | undefined

  override async fetch(request: Request): Promise<Response> {
    const ip = request.headers.get('X-Client-Ip') ?? ''
    const stream = this.#running().connect(ip)
    return stream === undefined
      ? new Response(null, { status: 503 })
      : new Response(stream, { headers: streamHeaders })
  }

  async subscribe(command: SubscribeCommand): Promise<SubscribeOutcome> {
    return await this.#running().subscribe(command)
  }

  async publish(publication: Publication): Promise<void> {
    await this.#running().publish(publication)
  }

  async listeners(topics: readonly string[]): Promise<readonly SubscriberGroup[]> {
    return this.#running().listeners(topics)
  }

  async send(message: DirectMessage): Promise<boolean> {
    return this.#running().send(message)
  }

  #running(): Shard {
    this.#shard ??= new Shard({
      db: this.env.DB,
      number: Number(this.ctx.id.name),
      enrichOf: (collection) => RealtimeShard.enrichOf?.(collection),
    })
    return this.#shard
  }
}

/** The number of shards of a deployment. */
const count = 8

/** The Durable Objects of a namespace as shards. */
export function createRealtimeShards(
  namespace: DurableObjectNamespace<RealtimeShard>,
): RealtimeShards {
  return {
    count,
    enrichWith: (enrichOf) => {
      RealtimeShard.enrichOf = enrichOf
    },
    shard: (number) => namespace.getByName(String(number)),
  }
}
