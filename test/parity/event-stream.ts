import { request } from 'node:http'
import type { Json } from './client.ts'
import type { ParityServer } from './servers/server.ts'

/** A message of a stream. */
export interface StreamMessage {
  readonly event: string
  readonly data: Json
}

/** A realtime client of one server. */
export interface EventStream {
  readonly clientId: string
  /** The messages since the last call. Resolves with `count` of them, or after a timeout. */
  take(count: number): Promise<readonly StreamMessage[]>
  close(): void
}

/** The time to wait for messages, and for one that must not arrive. */
const gapTimeoutMilliseconds = 5000
const silenceMilliseconds = 300

/** Opens a stream. */
export function openEventStream({ host, port }: ParityServer): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    let waiting: StreamMessage[] = []
    let rest = ''
    const sent = request({ host, port, path: '/api/realtime', agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const frames = (rest + chunk).split('\n\n')
        rest = frames.pop() ?? ''
        for (const frame of frames) {
          const [, id = '', event = '', data = 'null'] =
            /^id:(.*)\nevent:(.*)\ndata:(.*)$/.exec(frame) ?? []
          if (event === 'PB_CONNECT') resolve(stream(id))
          else if (event !== '') waiting.push({ event, data: JSON.parse(data) as Json })
        }
      })
      response.on('error', () => undefined)
    })
    sent.on('error', reject)
    sent.end()

    function stream(clientId: string): EventStream {
      return {
        clientId,
        async take(count) {
          const deadline = Date.now() + gapTimeoutMilliseconds
          while (waiting.length < count && Date.now() < deadline) await pause(10)
          await pause(silenceMilliseconds)
          const taken = waiting
          waiting = []
          return taken
        },
        close: () => sent.destroy(),
      }
    }
  })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
