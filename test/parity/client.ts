import { Agent, request } from 'node:http'
import type { ParityServer } from './servers/server.ts'

/** A value of a JSON document. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** An HTTP request. The path includes the query and is sent unchanged. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The encoding of the body; UTF-8 by default. */
  readonly encoding?: 'utf8' | 'latin1'
}

/** The response of a server. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  /** The bytes of the body; by default encoded from the text. */
  readonly bytes?: Uint8Array
  /** Undefined if the body is empty or not JSON. */
  readonly json: Json | undefined
}

/** An HTTP client of one server, with persistent connections. */
export class Client {
  readonly #server: ParityServer
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  constructor(server: ParityServer) {
    this.#server = server
  }

  /** Sends one request and does not follow redirects. @throws Error if there is no response. */
  send(wire: WireRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: this.#server.host,
          port: this.#server.port,
          method: wire.method,
          path: wire.path,
          headers: wire.headers,
          timeout: 60_000,
        },
        (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const bytes = Buffer.concat(chunks)
            const text = bytes.toString('utf8')
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              bytes,
              json: parse(text),
            })
          })
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('No answer within a minute.')))
      outgoing.on('error', (cause) =>
        reject(
          new Error(`${this.#server.name} did not answer ${wire.method} ${wire.path}`, { cause }),
        ),
      )
      outgoing.end(wire.body, wire.encoding ?? 'utf8')
    })
  }

  /** Closes the open connections. */
  close(): void {
    this.#agent.destroy()
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
