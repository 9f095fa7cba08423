import papaparse from 'papaparse'

/*
 * CSV that spreadsheets open without running anything in it: a text that looks like a formula gets an
 * apostrophe, which is taken away again when the file is read.
 */

/** Spreadsheets take these at the start of a cell for a formula. */
const formula = /^'*[=+\-@\t\r]/
const plainNumber = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** A text that no spreadsheet takes for a formula. */
export function safeCell(text: string): string {
  return formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
}

/** The text that `safeCell` was given. */
function plainCell(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text
}

/** The text of a CSV file. */
export function writeCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const data = rows.map((row) => row.map(safeCell))
  return papaparse.unparse({ fields: [...header], data }, { newline: '\r\n' })
}

/** A row of a file, and the line at which it begins. */
export interface TableRow {
  readonly line: number
  readonly cells: readonly unknown[]
}

/** A file as a table. */
export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly TableRow[]
  /** Nothing for a file of JSON, whose cells are values already. In CSV they are texts. */
  readonly delimiter: string | undefined
}

/** The characters that separate cells. */
export const delimiters = [',', ';', '\t', '|'] as const

/** The delimiter that the header has most of, outside of quotes. */
function guessDelimiter(text: string): string {
  const header = /^(?:"[^"]*"|[^"\r\n])*/.exec(text)?.[0].replaceAll(/"[^"]*"/g, '') ?? ''
  const count = (delimiter: string): number => header.split(delimiter).length
  return delimiters.toSorted((a, b) => count(b) - count(a))[0] ?? ','
}

/** Reads the text of a CSV file. Without a delimiter the one is used that its header suggests. */
export function readCsv(marked: string, chosen?: string): Table {
  const text = marked.replace(/^\uFEFF/, '')
  const delimiter = chosen ?? guessDelimiter(text)
  let line = 1
  let header: readonly string[] | undefined
  const rows: TableRow[] = []
  const { data } = papaparse.parse<string[]>(text, { delimiter })
  for (const cells of data) {
    const isEmpty = cells.length === 1 && cells[0] === ''
    if (!isEmpty && header === undefined) header = cells
    else if (!isEmpty) rows.push({ line, cells: cells.map(plainCell) })
    line += 1 + cells.join('').split(/\r\n|\r|\n/).length - 1
  }
  return { header: header ?? [], rows, delimiter }
}
