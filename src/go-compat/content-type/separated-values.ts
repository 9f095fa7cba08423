import { sniffedBytes } from '#go-compat/pattern/byte-patterns.ts'

/**
 * True if a string is a table of separated values: at least two rows with the same number of cells,
 * and more than one cell in each. A quoted cell may span several lines, and `#` starts a comment.
 */
export function isTable(head: string, separator: string): boolean {
  const text = head.length < sniffedBytes ? head : head.slice(0, head.lastIndexOf('\n') + 1)
  let width = 0
  let rows = 0
  for (let at = 0; at < text.length; rows++) {
    const row = readRow(text, at, separator)
    if (row.cells === 0) break
    if (rows === 0) width = row.cells
    else if (row.cells !== width) return false
    at = row.end
  }
  return rows > 1 && width > 1
}

/**
 * Counts the cells of the next row and finds the start of the row after it. No cells at the end.
 */
function readRow(
  text: string,
  start: number,
  separator: string,
): { readonly cells: number; readonly end: number } {
  let at = start
  let line = ''
  do {
    if (at >= text.length) return { cells: 0, end: at }
    line = lineAt(text, at)
    at += line.length
  } while (line.startsWith('#') || /^\r?\n?$/.test(line))

  let cells = 0
  let rest = line
  for (;;) {
    if (!rest.startsWith('"')) {
      cells++
      const next = rest.indexOf(separator)
      if (next === -1) return { cells, end: at }
      rest = rest.slice(next + 1)
      continue
    }
    // A quoted cell ends with a quote before a separator or the end of a line.
    rest = rest.slice(1)
    for (let isOpen = true; isOpen;) {
      const quote = rest.indexOf('"')
      if (quote === -1) {
        if (at >= text.length) return { cells: cells + 1, end: at }
        rest = lineAt(text, at)
        at += rest.length
        continue
      }
      rest = rest.slice(quote + 1)
      if (rest.startsWith('"')) rest = rest.slice(1)
      else if (rest.startsWith(separator)) {
        rest = rest.slice(1)
        cells++
        isOpen = false
      } else if (/^\r?\n?$/.test(rest)) return { cells: cells + 1, end: at }
    }
  }
}

/** The line at a position, including its line break. */
function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.slice(at) : text.slice(at, end + 1)
}
