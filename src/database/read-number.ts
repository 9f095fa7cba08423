import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Row } from './batch.ts'

/** The number in a column of a row; undefined without the row, or if the value is no number. */
export function findNumber(row: Row | undefined, column: string): number | undefined {
  const value = row?.[column]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * The number in a column of a row that always exists in an intact database. An invalid value is not
 * cached: the next request reads again.
 *
 * @throws {ApiError} `unavailable` without the row, or if the value is no number
 */
export function readNumber(row: Row | undefined, column: string): number {
  const number = findNumber(row, column)
  if (number !== undefined) return number
  const cause = new Error(`The database holds no number where "${column}" is read.`)
  throw new ApiError(commonErrors.unavailable, { cause })
}
