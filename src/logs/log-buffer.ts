import type { LogEntry } from './log-entry.ts'

/** Writes all entries or none. */
export type WriteEntries = (entries: readonly LogEntry[]) => Promise<void>

/** Buffers entries in memory before they are written. They are lost with the isolate. */
export interface LogBuffer {
  /**
   * Adds an entry, which is made when it is written. Resolves when this call has nothing left to
   * do. If it is the call that writes the buffer, that takes some seconds, so call it only after
   * the response.
   *
   * @param makeEntry runs in another request, so it must not use anything of its own
   */
  add(makeEntry: () => LogEntry, write: WriteEntries): Promise<void>
}

/** The number of entries written at once. */
const fullSize = 200

/** The time entries are collected before they are written. */
const gatherMilliseconds = 3000

/**
 * Creates the buffer of an isolate. Of all calls that add entries, one waits and then writes them;
 * the others return at once. That call may be aborted with its request, so after twice the time
 * another one takes over.
 */
export function createLogBuffer(): LogBuffer {
  let entries: (() => LogEntry)[] = []
  let writerExpires = 0

  async function flush(write: WriteEntries): Promise<void> {
    const gathered = entries
    entries = []
    if (gathered.length > 0) await write(gathered.map((makeEntry) => makeEntry()))
  }

  return {
    async add(makeEntry, write) {
      entries.push(makeEntry)
      if (entries.length >= fullSize) return await flush(write)
      if (Date.now() < writerExpires) return

      writerExpires = Date.now() + 2 * gatherMilliseconds
      await new Promise((resolve) => setTimeout(resolve, gatherMilliseconds))
      writerExpires = 0
      await flush(write)
    },
  }
}
