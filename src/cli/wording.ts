/*
 * Words that commands print.
 */

/** A count with its noun, in the singular for one. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/**
 * A text without control characters but line feeds: names from a foreign database would change what
 * a terminal shows.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '\uFFFD')
}
