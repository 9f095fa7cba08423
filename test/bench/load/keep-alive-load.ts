import { type Socket, connect } from 'node:net'
import type { Load } from './load.ts'

/** When to stop sending: after a time, or after a number of requests. */
export type LoadEnd = { readonly seconds: number } | { readonly requests: number }

/** The number of responses, and the time they took. */
export interface LoadResult {
  readonly responses: number
  readonly seconds: number
}

const headEnd = '\r\n\r\n'
const lastChunk = '\r\n0\r\n\r\n'

/**
 * Sends a request repeatedly over connections that are kept alive, one request at a time on each.
 * It writes the same bytes every time and reads no more of a response than its status and its
 * length, because it shares the machine with the server: a general HTTP client costs two to three
 * times the CPU.
 *
 * @throws Error at the first response that is not a success
 */
export async function keepLoading(
  load: Load,
  connections: number,
  end: LoadEnd,
): Promise<LoadResult> {
  const bytes = requestBytes(load)
  const url = new URL(load.url)
  const target = { port: Number(url.port), host: url.hostname, noDelay: true }
  const started = performance.now()
  const deadline = 'seconds' in end ? started + end.seconds * 1000 : Infinity
  let left = 'requests' in end ? end.requests : Infinity
  let responses = 0

  const sockets: Socket[] = []
  const useConnection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(target)
      sockets.push(socket)
      const sendNext = (): void => {
        if (left <= 0 || performance.now() >= deadline) {
          resolve()
          return
        }
        left -= 1
        socket.write(bytes)
      }
      const reader = responseReader(() => {
        responses += 1
        sendNext()
      })
      socket.on('connect', sendNext)
      socket.on('data', (chunk) => {
        try {
          reader(chunk)
        } catch (error) {
          reject(error)
        }
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error(`${load.url}: the server closed a connection.`)))
    })
  try {
    await Promise.all(Array.from({ length: connections }, useConnection))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  return { responses, seconds: (performance.now() - started) / 1000 }
}

function requestBytes({ url, method, headers, body = '' }: Load): Buffer {
  const { host, pathname, search } = new URL(url)
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(lines.join('\r\n') + headEnd + body)
}

/** Finds the end of each response in what a connection receives. */
function responseReader(whenComplete: () => void): (chunk: Buffer) => void {
  /** Bytes that are needed for a decision: of the head, or the last ones of a chunked body. */
  let kept: Buffer | undefined
  /** The rest of a body of known length; undefined in the head; Infinity in a chunked body. */
  let missing: number | undefined

  return (received) => {
    let chunk = received
    if (kept !== undefined) {
      chunk = Buffer.concat([kept, received])
      kept = undefined
    }
    if (missing === undefined) {
      const length = chunk.indexOf(headEnd)
      if (length < 0) {
        kept = chunk
        return
      }
      missing = bodyLength(chunk, length)
      // The first line break of a chunked body's end may be that of the head.
      chunk = chunk.subarray(missing === Infinity ? length + 2 : length + headEnd.length)
    }
    if (missing === Infinity) {
      if (!chunk.subarray(-lastChunk.length).equals(lastChunkBytes)) {
        kept = chunk.subarray(-lastChunk.length)
        return
      }
    } else {
      missing -= chunk.length
      if (missing > 0) return
    }
    missing = undefined
    whenComplete()
  }
}

const lastChunkBytes = Buffer.from(lastChunk)

function bodyLength(response: Buffer, headLength: number): number {
  const head = response.toString('latin1', 0, headLength)
  // HTTP/1.1 200 OK
  if (head[9] !== '2') throw new Error(`A request failed: ${response.toString('latin1', 0, 1000)}`)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return Number(length)
  return /\r\ntransfer-encoding: *chunked/i.test(head) ? Infinity : 0
}
