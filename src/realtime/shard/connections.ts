import type { Client } from '#realtime/hub.ts'
import { createEventFormat, heartbeatFrame } from '#realtime/protocol.ts'

/** An open connection and its stream. */
interface Connection {
  readonly client: Client
  readonly controller: ReadableStreamDefaultController<Uint8Array>
}

/** Writes to a client that subscribes, and the time within which the second one fails if it is gone. */
const probes = 2
const probeMilliseconds = 10
/** The maximum number of bytes that wait for one client; a slower one is disconnected. */
const maxWaitingBytes = 512 * 1024
/** The maximum for all clients together. */
const maxWaitingBytesInAll = 32 * 1024 * 1024

/** The streams of a shard's clients. */
export class Connections {
  readonly #open = new Map<string, Connection>()
  readonly #format = createEventFormat()
  /** Called once a connection has ended, for any reason. */
  readonly #onEnd: (id: string) => void

  constructor(onEnd: (id: string) => void) {
    this.#onEnd = onEnd
  }

  get count(): number {
    return this.#open.size
  }

  get clients(): Client[] {
    return [...this.#open.values()].map(({ client }) => client)
  }

  /** Opens a stream; `connect` registers its client once it is read. */
  open(id: string, connect: () => Client, firstFrame: Uint8Array): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#open.set(id, { client: connect(), controller })
          controller.enqueue(firstFrame)
        },
        cancel: () => this.end(id),
      },
      { highWaterMark: maxWaitingBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    )
  }

  /** Sends an event; false if the client is gone or too slow. */
  send(client: Client, topic: string, data: string): boolean {
    const connection = this.#open.get(client.id)
    if (connection === undefined) return false
    client.lastMessageAt = Date.now()
    return this.#enqueue(connection, this.#format(client.id, topic, data))
  }

  /** Sends a heartbeat to every client, which finds those that are gone. */
  heartbeat(): void {
    for (const connection of this.#open.values()) this.#enqueue(connection, heartbeatFrame)
  }

  /**
   * Ends the connection of a client that is gone. The runtime notices only when it writes: the
   * client's machine answers the first write, and the second one fails.
   */
  async probe(id: string): Promise<void> {
    for (let write = 0; write < probes; write++) {
      const connection = this.#open.get(id)
      if (connection === undefined) return
      this.#enqueue(connection, heartbeatFrame)
      await new Promise((resolve) => setTimeout(resolve, probeMilliseconds))
    }
  }

  end(id: string): void {
    const connection = this.#open.get(id)
    this.#open.delete(id)
    this.#onEnd(id)
    try {
      connection?.controller.close()
    } catch {
      // The client has closed it already.
    }
  }

  endAll(): void {
    for (const id of this.#open.keys()) this.end(id)
  }

  /** Ends the connections with the most bytes waiting until all of them fit into memory. */
  endSlowest(): void {
    let sum = 0
    for (const connection of this.#open.values()) sum += waitingBytes(connection)
    if (sum <= maxWaitingBytesInAll) return
    const waiting = [...this.#open.values()]
      .map((connection) => ({ id: connection.client.id, bytes: waitingBytes(connection) }))
      .toSorted((a, b) => b.bytes - a.bytes)
    for (const { id, bytes } of waiting) {
      if (sum <= maxWaitingBytesInAll) return
      this.end(id)
      sum -= bytes
    }
  }

  #enqueue({ client, controller }: Connection, frame: Uint8Array): boolean {
    try {
      if ((controller.desiredSize ?? 0) > 0) {
        controller.enqueue(frame)
        return true
      }
    } catch {
      // The stream is closed; the connection ends below.
    }
    this.end(client.id)
    return false
  }
}

function waitingBytes({ controller }: Connection): number {
  return maxWaitingBytes - (controller.desiredSize ?? maxWaitingBytes)
}
