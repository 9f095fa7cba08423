/* Formatting of messages. */

/** A number with its noun, in the singular for one. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/**
 * Removes control characters except line feeds: names from another database could otherwise change
 * the terminal.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '\uFFFD')
}
