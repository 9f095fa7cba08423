import { beforeAllRows, type RowWithId, type StoredRow } from '#transfer/source.ts'
import { encodedRow } from '#transfer/stored-rows.ts'
import { decodeValue, shownValue, type StoredValue } from '#transfer/stored-value.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** Encodes a page of rows: the columns, then a line for each row, starting with its row id. */
export function encodePage(rows: readonly RowWithId[]): string {
  const columns = Object.keys(rows[0]?.values ?? {})
  return [JSON.stringify(columns), ...rows.map((row) => encodedRow(row, columns))]
    .map((line) => `${line}\n`)
    .join('')
}

/** Decodes the rows of a page. @throws {SyntaxError} */
export function decodePage(text: string): RowWithId[] {
  const [first = '[]', ...lines] = text.split('\n').filter((line) => line !== '')
  const columns = listOf(first).map(shownValue)
  return lines.map((line) => {
    const [rowId, ...values] = listOf(line)
    const row = dictionary(columns.map((column, at) => [column, values[at] ?? null] as const))
    return { rowId: rowIdOf(rowId), values: row satisfies StoredRow }
  })
}

function rowIdOf(value: StoredValue | undefined): bigint {
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : beforeAllRows
}

/** Integers outside the safe range are read from their digits. */
function listOf(line: string): StoredValue[] {
  const list: unknown = JSON.parse(line, (_, value: unknown, context?: { source?: string }) => {
    const digits = typeof value === 'number' ? (context?.source ?? '') : ''
    return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value
  })
  if (!Array.isArray(list)) throw new SyntaxError('A line is not a list.')
  return list.map(decodeValue)
}
