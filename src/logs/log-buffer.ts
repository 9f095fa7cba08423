import type { LogEntry } from './log-entry.ts'

/** Writes entries, all or none. */
export type WriteEntries = (entries: readonly LogEntry[]) => Promise<void>

/** Entries on their way to the database, gathered in memory. They are lost with the isolate. */
export interface LogBuffer {
  /**
   * Takes an entry. Resolves once nothing is left for this call to do, which is after some seconds
   * if it is the one that writes what has gathered: for what runs after an answer only.
   */
  add(entry: LogEntry, write: WriteEntries): Promise<void>
}

/** The number of entries that are written at once. */
const fullSize = 200

/** The time entries are collected before they are written. */
const gatherMilliseconds = 3000

/**
 * A buffer for one isolate. Of all calls that gather entries one waits and then writes; the others
 * are done at once. A call may be ended with its request, so that after twice the time another
 * takes its place.
 */
export function createLogBuffer(): LogBuffer {
  let entries: LogEntry[] = []
  let writerExpires = 0

  async function flush(write: WriteEntries): Promise<void> {
    const gathered = entries
    entries = []
    if (gathered.length > 0) await write(gathered)
  }

  return {
    async add(entry, write) {
      entries.push(entry)
      if (entries.length >= fullSize) return await flush(write)
      if (Date.now() < writerExpires) return

      writerExpires = Date.now() + 2 * gatherMilliseconds
      await new Promise((resolve) => setTimeout(resolve, gatherMilliseconds))
      writerExpires = 0
      await flush(write)
    },
  }
}
