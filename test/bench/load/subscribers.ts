import { join } from 'node:path'
import { startTaskChild } from './child-tasks.ts'
import type { Load } from './load.ts'

/** The task of the process that listens. */
export type SubscribersTask =
  | {
      readonly kind: 'connect'
      readonly origin: string
      readonly topic: string
      readonly clients: number
    }
  | { readonly kind: 'change'; readonly load: Load; readonly text: string }
  | { readonly kind: 'disconnect' }

/** The time from a request to each client's event, in milliseconds. */
export type Delays = readonly number[]

/** Many clients of one server that listen to a topic, in a process of their own. */
export interface Subscribers {
  /**
   * Sends a change, and waits until each client has heard of it.
   *
   * @param text is part of the change's event and of no earlier one
   */
  hearOf(load: Load, text: string): Promise<Delays>
  disconnect(): Promise<void>
}

/** Connects clients and subscribes them to a topic. */
export async function startSubscribers(
  origin: string,
  topic: string,
  clients: number,
): Promise<Subscribers> {
  const module = join(import.meta.dirname, 'subscribers-process.ts')
  const child = startTaskChild<SubscribersTask, Delays>(module)
  await child.run({ kind: 'connect', origin, topic, clients })
  return {
    hearOf: (load, text) => child.run({ kind: 'change', load, text }),
    async disconnect() {
      await child.run({ kind: 'disconnect' })
      child.stop()
    },
  }
}
