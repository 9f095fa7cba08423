import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A message as it arrived. */
export interface Arrival {
  /** The `webhook-id`. */
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

/** A receiver of webhooks on this machine. */
export interface LoopbackReceiver {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  /** The status of its answers. */
  status: number
  stop(): Promise<void>
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<LoopbackReceiver> {
  const arrivals: Arrival[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const named = (name: string): string => String(request.headers[`webhook-${name}`])
    arrivals.push({
      id: named('id'),
      timestamp: named('timestamp'),
      signature: named('signature'),
      body,
    })
    // A connection that is kept may end just when the next message is sent.
    response.setHeader('Connection', 'close')
    response.writeHead(receiver.status).end(receiver.status < 300 ? '' : 'away for lunch')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: LoopbackReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    arrivals,
    status: 204,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}
