import { printable } from './wording.ts'

/** Tells somebody who waits how far a long work is. */
export interface Progress {
  /** Shows a step that has done so much of a total; a total of zero is not known. */
  step(name: string, done: number, total: number): void
  /** Writes a line that stays. */
  line(text: string): void
  /** Writes a title and lines below it, so many at most; nothing where there are none. */
  list(title: string, lines: readonly string[], most?: number): void
  /** Ends the step that is shown. */
  end(): void
}

/** What progress is written to. */
interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const terminalPause = 100
const plainPause = 5000

/**
 * Progress on a terminal as one line that changes, elsewhere as a line now and then: when a step
 * begins, every few seconds, and when it is over.
 */
export function createProgress(output: Output, now: () => number = Date.now): Progress {
  let shown = ''
  let pending = ''
  let step = ''
  let writtenAt = 0

  function write(text: string): void {
    writtenAt = now()
    pending = ''
    if (output.isTTY) output.write(`\r\u001B[2K${text}`)
    else output.write(`${text}\n`)
    shown = text
  }

  function end(): void {
    if (pending !== '' && pending !== shown) write(pending)
    if (shown !== '' && output.isTTY) output.write('\n')
    shown = ''
    pending = ''
    step = ''
  }

  function line(text: string): void {
    end()
    output.write(`${printable(text)}\n`)
  }

  return {
    step(name, done, total) {
      const isNew = name !== step
      if (isNew) end()
      step = name
      const title = printable(name)
      const text = total === 0 ? `${title}: ${done}` : `${title}: ${done} of ${total}`
      const pause = output.isTTY ? terminalPause : plainPause
      if (isNew || now() - writtenAt >= pause) write(text)
      else pending = text
    },
    line,
    list(title, lines, most = lines.length) {
      if (lines.length === 0) return
      line(title)
      for (const text of lines.slice(0, most)) line(`  - ${text.replaceAll('\n', ' ')}`)
      if (lines.length > most) line(`  and ${lines.length - most} more`)
    },
    end,
  }
}
