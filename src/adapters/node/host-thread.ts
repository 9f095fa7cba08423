/*
 * The threads of a server. Each runs the whole app over connections of its own to the same files; this is
 * what they share: turns to write, the counts of commits and of schema changes, and calls to each other.
 */
import type { MessagePort } from 'node:worker_threads'
import type { WriterTurns } from './write-queue.ts'

/** A thread of a server, as it sees itself and the others. */
export interface HostThread {
  /** From 0; the first holds the data folder and runs what there is one of. */
  readonly number: number
  /** The number of threads. */
  readonly count: number
  /** The memory that all threads share. */
  readonly memory: SharedArrayBuffer
  /** The channels to the other threads, by number; undefined for its own. */
  readonly ports: readonly (MessagePort | undefined)[]
}

/** The state of a database file that threads share. */
export interface SharedFile {
  readonly turns: WriterTurns
  /** One number, which counts the changes of the schema. */
  readonly epoch: Int32Array
  /** One number, which counts the commits. */
  readonly commits: Int32Array
}

/** The files with shared state, by their place in the memory. */
const sharedFiles = ['data.db', 'logs.db'] as const
const wordsPerFile = 3
const wordBytes = Int32Array.BYTES_PER_ELEMENT

/** Creates the threads of a server, which can all reach each other. */
export function createHostThreads(count: number): HostThread[] {
  const memory = new SharedArrayBuffer(sharedFiles.length * wordsPerFile * wordBytes)
  const ports = Array.from({ length: count }, (): (MessagePort | undefined)[] =>
    Array.from({ length: count }, () => undefined),
  )
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      const { port1, port2 } = new MessageChannel() as unknown as Record<string, MessagePort>
      ;(ports[one] as unknown[])[other] = port1
      ;(ports[other] as unknown[])[one] = port2
    }
  }
  return ports.map((own, number) => ({ number, count, memory, ports: own }))
}

/** The shared state of a file. */
export function sharedFile(
  memory: SharedArrayBuffer,
  name: (typeof sharedFiles)[number],
): SharedFile {
  const at = sharedFiles.indexOf(name) * wordsPerFile * wordBytes
  return {
    turns: createSharedTurns(new Int32Array(memory, at, 1)),
    epoch: new Int32Array(memory, at + wordBytes, 1),
    commits: new Int32Array(memory, at + 2 * wordBytes, 1),
  }
}

const free = 0
const taken = 1
/** A thread that has lost this often waits without doing anything else: then it is the fastest. */
const maxLost = 4

/**
 * Turns among threads. Whichever asks first after the end of a turn has the next one, so that a thread that
 * is busy holds up no other.
 *
 * To wait keeps no thread alive, but to listen does.
 *
 * @param word one number, shared by the threads
 */
export function createSharedTurns(word: Int32Array): WriterTurns {
  function take(run: () => void, lost: number): void {
    while (Atomics.compareExchange(word, 0, free, taken) !== free) {
      if (lost >= maxLost) {
        Atomics.wait(word, 0, taken)
        continue
      }
      const ended = Atomics.waitAsync(word, 0, taken)
      if (!ended.async) continue
      void ended.value.then(() => take(run, lost + 1))
      return
    }
    run()
  }
  return {
    take: (run) => take(run, 0),
    end() {
      Atomics.store(word, 0, free)
      Atomics.notify(word, 0)
    },
  }
}
