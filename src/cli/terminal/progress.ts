import { printable } from './wording.ts'

/** Shows the user the progress of a command. */
export interface Progress {
  /** Shows the progress of a step. A total of zero is unknown. */
  step(name: string, done: number, total: number): void
  /** Prints a permanent line. */
  line(text: string): void
  /** Prints a title and at most `most` lines below it; nothing if there are none. */
  list(title: string, lines: readonly string[], most?: number): void
  /** Ends the current step. */
  end(): void
}

/** The output stream. */
interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const terminalPause = 100
const plainPause = 5000

/**
 * Shows progress on a terminal as one changing line, and elsewhere as a line when a step begins,
 * every few seconds, and when it ends.
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
