import type { Row } from '#database/batch.ts'

/** Turns lists of values into rows. */
export type RowReader = (lists: readonly (readonly unknown[])[]) => Row[]

/**
 * Creates the reader of rows with these columns. Of columns with the same name, the last one counts.
 *
 * The reader is compiled to one object literal per row, which takes a third of the time of a loop
 * over the names. Every name is a JSON string in a computed key, so that none is code and `__proto__` is a
 * column like any other.
 */
export function createRowReader(names: readonly string[]): RowReader {
  const members = names.map(
    (name, at) =>
      `${keyOf(name)}: typeof list[${at}] === 'object' ? plain(list[${at}]) : list[${at}]`,
  )
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the only names in the code are JSON strings
  const compile = new Function(
    'plain',
    `return (lists) => {
      const rows = new Array(lists.length)
      for (let i = 0; i < lists.length; i++) {
        const list = lists[i]
        rows[i] = { ${members.join(', ')} }
      }
      return rows
    }`,
  ) as (plain: (value: unknown) => unknown) => RowReader
  return compile(plainValue)
}

function keyOf(name: string): string {
  const text = JSON.stringify(name)
  return name === '__proto__' ? `[${text}]` : text
}

/** A value as D1 returns it: BLOBs are lists of bytes, and integers are rounded to a number. */
export function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return Array.from(value)
  return typeof value === 'bigint' ? Number(value) : value
}
