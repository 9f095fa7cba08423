import type { LogBuffer, WriteEntries } from '#logs/log-buffer.ts'
import type { LogEntry } from '#logs/log-entry.ts'

/** A buffer that is written by a timer, and before the process ends. */
export interface TimedLogBuffer extends LogBuffer {
  /** Writes what is in the buffer. */
  flush(): Promise<void>
}

/** The number of entries written at once. */
const fullSize = 200

/** The time entries are collected before they are written. */
const gatherMilliseconds = 3000

/** Creates the buffer of a process. A process lives on, so no request waits to write the entries. */
export function createTimedLogBuffer(): TimedLogBuffer {
  let entries: (() => LogEntry)[] = []
  let write: WriteEntries | undefined
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const gathered = entries
    entries = []
    try {
      if (gathered.length > 0) await write?.(gathered.map((makeEntry) => makeEntry()))
    } catch (error) {
      // oxlint-disable-next-line no-console -- the log itself failed
      console.error({ log: 'entries were lost', error: error instanceof Error ? error.name : '' })
    }
  }

  return {
    async add(makeEntry, writeEntries) {
      // Every request writes to the same database.
      write = writeEntries
      entries.push(makeEntry)
      if (entries.length >= fullSize) return await flush()
      timer ??= setTimeout(() => void flush(), gatherMilliseconds)
    },
    flush,
  }
}
