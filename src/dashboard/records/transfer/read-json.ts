import type { Table } from './csv.ts'

/** True for a text that is JSON or lines of JSON rather than CSV. */
export function isJsonText(text: string): boolean {
  return /^\s*[[{]/.test(text)
}

/** Reads a list of objects, or an object on each line, as a table. */
export function readJsonTable(text: string): Table {
  const objects = readObjects(text)
  const header = [...new Set(objects.flatMap(({ values }) => Object.keys(values)))]
  const rows = objects.map(({ line, values }) => ({
    line,
    cells: header.map((name) => values[name]),
  }))
  return { header, rows, delimiter: undefined }
}

interface ReadObject {
  readonly line: number
  readonly values: Readonly<Record<string, unknown>>
}

/** @throws {SyntaxError} When the text is not JSON. */
function readObjects(text: string): ReadObject[] {
  if (text.trimStart().startsWith('[')) {
    const list = JSON.parse(text) as Record<string, unknown>[]
    return list.map((values, index) => ({ line: index + 1, values }))
  }
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === ''
        ? []
        : [{ line: index + 1, values: JSON.parse(line) as Record<string, unknown> }],
    )
}
