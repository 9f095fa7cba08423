import type { LogBuffer, WriteEntries } from '#logs/log-buffer.ts'
import type { LogEntry } from '#logs/log-entry.ts'

/** A buffer that writes on demand, so that no test waits for a timer. */
export interface HeldLogs extends LogBuffer {
  write(): Promise<void>
}

/** Creates an empty buffer. */
export function createHeldLogs(): HeldLogs {
  let held: (() => LogEntry)[] = []
  let writeHeld: WriteEntries = async () => {}
  return {
    async add(makeEntry, write) {
      held.push(makeEntry)
      writeHeld = write
    },
    async write() {
      const entries = held
      held = []
      if (entries.length > 0) await writeHeld(entries.map((makeEntry) => makeEntry()))
    },
  }
}
