import { afterEach, describe, it } from 'vitest'
import type { RealtimeShard, RealtimeShards } from '#platform/realtime.ts'
import { shardOfClient } from '#realtime/client-id.ts'

/** Tests of all that the product expects of shards over the database of a new deployment. */
export function describeRealtime(
  name: string,
  create: () => RealtimeShards,
  abort: () => Promise<void>,
): void {
  describe(`the realtime shards ${name}`, () => {
    const connections: Connection[] = []
    afterEach(async () => {
      for (const connection of connections.splice(0)) await connection.close()
    })

    async function connect(shard: RealtimeShard, ip = '10.0.0.1'): Promise<Connection> {
      const connection = await openConnection(shard, ip)
      connections.push(connection)
      return connection
    }

    it('open an event stream that begins with an id of the shard', async ({ expect }) => {
      const shards = create()

      const ids: (string | undefined)[] = []
      for (const number of [0, 3, shards.count - 1]) {
        const { first, contentType } = await connect(shards.shard(number))
        expect(first.event).toBe('PB_CONNECT')
        expect(contentType).toBe('text/event-stream')
        expect(shardOfClient(first.id, shards.count)).toBe(number)
        ids.push(first.id)
      }

      expect(new Set(ids).size).toBe(3)
    })

    it('subscribe a client of the same address only', async ({ expect }) => {
      const shards = create()
      const shard = shards.shard(1)
      const { clientId } = await connect(shard, '10.0.0.1')
      const command = { subscriptions: ['notes/*'], account: undefined }

      const outcomes = [
        await shard.subscribe({ ...command, clientId: `${clientId}x`, clientIp: '10.0.0.1' }),
        await shard.subscribe({ ...command, clientId, clientIp: '10.0.0.2' }),
        await shards.shard(2).subscribe({ ...command, clientId, clientIp: '10.0.0.1' }),
        await shard.subscribe({ ...command, clientId, clientIp: '10.0.0.1' }),
      ]

      expect(outcomes).toEqual(['missing', 'otherAddress', 'missing', 'subscribed'])
    })

    it('list the groups of the subscribers that are connected', async ({ expect }) => {
      const shard = create().shard(2)
      const [one, two] = [await connect(shard), await connect(shard)]
      for (const { clientId } of [one, two]) {
        await shard.subscribe({
          ...{ clientId, clientIp: '10.0.0.1', account: undefined },
          subscriptions: [`notes/*?options={"query":{"n":"${clientId === one.clientId ? 1 : 2}"}}`],
        })
      }

      const groups = await shard.listeners(['notes'])
      const others = await shard.listeners(['other'])

      expect(groups.map(({ rule, records, query }) => ({ rule, records, query }))).toEqual([
        { rule: 'list', records: 'all', query: { n: '1' } },
        { rule: 'list', records: 'all', query: { n: '2' } },
      ])
      expect(others).toEqual([])
    })

    it('send a message to the client that subscribes to it, at its address', async ({ expect }) => {
      const shard = create().shard(4)
      const [client, other] = [await connect(shard), await connect(shard)]
      const { clientId } = client
      const subscription = { subscriptions: ['@oauth2'], account: undefined }
      for (const each of [client, other]) {
        await shard.subscribe({ ...subscription, clientId: each.clientId, clientIp: '10.0.0.1' })
      }
      const message = { clientId, clientIp: '10.0.0.1', topic: '@oauth2', data: '{"code":"ü"}' }

      const outcomes = [
        await shard.send({ ...message, clientId: 'x' }),
        await shard.send({ ...message, clientIp: '10.0.0.2' }),
        await shard.send({ ...message, topic: '@other' }),
        await shard.send(message),
      ]

      expect(outcomes).toEqual([false, false, false, true])
      expect(await client.next()).toEqual({
        id: clientId,
        event: '@oauth2',
        data: '{"code":"ü"}',
      })
      await shard.send({ ...message, clientId: other.clientId, data: '2' })
      expect(await other.next()).toMatchObject({ data: '2' })
    })

    it('forget a client that has gone', async ({ expect }) => {
      const shard = create().shard(5)
      const { clientId, close } = await connect(shard)
      const subscription = { subscriptions: ['x'], account: undefined }
      await shard.subscribe({ ...subscription, clientId, clientIp: '10.0.0.1' })
      const message = { clientId, clientIp: '10.0.0.1', topic: 'x', data: '{}' }

      await close()

      // A host may notice it by writing.
      let isReached = true
      for (let attempt = 0; isReached && attempt < 200; attempt++) {
        isReached = await shard.send(message)
        if (isReached) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(isReached).toBe(false)
    })

    it('end their streams when they are aborted, and begin again', async ({ expect }) => {
      const shards = create()
      const { clientId, ended } = await connect(shards.shard(6))

      await abort()
      await ended

      const clientIp = '10.0.0.1'
      const command = { clientId, clientIp, subscriptions: ['x'], account: undefined }
      expect(await shards.shard(6).subscribe(command)).toBe('missing')
      expect((await connect(shards.shard(6))).first.event).toBe('PB_CONNECT')
    })
  })
}

interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

interface Connection {
  readonly clientId: string
  readonly contentType: string | null
  readonly first: Message
  next(): Promise<Message>
  /** Resolves when the shard has ended the stream. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

async function openConnection(shard: RealtimeShard, ip: string): Promise<Connection> {
  const request = new Request('http://127.0.0.1/api/realtime', { headers: { 'X-Client-Ip': ip } })
  const { body, headers } = await shard.fetch(request)
  if (body === null) throw new Error('There is no stream.')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const messages: Message[] = []
  let wake = (): void => {}
  const ended = (async () => {
    let rest = ''
    for (;;) {
      const { value } = await reader.read().catch(() => ({ value: undefined }))
      if (value === undefined) return
      const frames = (rest + value).split('\n\n')
      rest = frames.pop() ?? ''
      messages.push(...frames.filter((frame) => !frame.startsWith(':')).map(readMessage))
      wake()
    }
  })()

  async function next(): Promise<Message> {
    for (;;) {
      const message = messages.shift()
      if (message !== undefined) return message
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  const first = await next()
  return {
    clientId: first.id,
    contentType: headers.get('Content-Type'),
    first,
    next,
    ended,
    async close() {
      await reader.cancel().catch(() => undefined)
      await ended
    },
  }
}

function readMessage(frame: string): Message {
  const [id = '', event = '', data = ''] = frame
    .split('\n')
    .map((line) => line.slice(line.indexOf(':') + 1))
  return { id, event, data }
}
