import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Row } from './batch.ts'

/** The number in a column of a row; undefined without the row, or for anything else in it. */
export function findNumber(row: Row | undefined, column: string): number | undefined {
  const value = row?.[column]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * The number in a column of a row that has one while the database is whole. Stops a number that is
 * none from being kept: the next request reads again.
 *
 * @throws {ApiError} `unavailable` without the row, or for anything else in it
 */
export function readNumber(row: Row | undefined, column: string): number {
  const number = findNumber(row, column)
  if (number !== undefined) return number
  const cause = new Error(`The database holds no number where "${column}" is read.`)
  throw new ApiError(commonErrors.unavailable, { cause })
}
