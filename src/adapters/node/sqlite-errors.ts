/** SQLite's primary result codes by number. */
const primaryCodes: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  2: 'SQLITE_INTERNAL',
  3: 'SQLITE_PERM',
  4: 'SQLITE_ABORT',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  12: 'SQLITE_NOTFOUND',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  17: 'SQLITE_SCHEMA',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  21: 'SQLITE_MISUSE',
  23: 'SQLITE_AUTH',
  25: 'SQLITE_RANGE',
  26: 'SQLITE_NOTADB',
}

const constraintCode = 19

/** The extended codes of constraints, by their number above the primary code. */
const constraintCodes: Readonly<Record<number, string>> = {
  1: 'SQLITE_CONSTRAINT_CHECK',
  2: 'SQLITE_CONSTRAINT_COMMITHOOK',
  3: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  4: 'SQLITE_CONSTRAINT_FUNCTION',
  5: 'SQLITE_CONSTRAINT_NOTNULL',
  6: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  7: 'SQLITE_CONSTRAINT_TRIGGER',
  8: 'SQLITE_CONSTRAINT_UNIQUE',
  9: 'SQLITE_CONSTRAINT_VTAB',
  10: 'SQLITE_CONSTRAINT_ROWID',
  11: 'SQLITE_CONSTRAINT_PINNED',
  12: 'SQLITE_CONSTRAINT_DATATYPE',
}

/** An error of SQLite, as `node:sqlite` throws it. */
interface SqliteError extends Error {
  /** The extended result code. */
  readonly errcode: number
}

/** True if SQLite itself failed, rather than a call of it. */
function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** The primary result code of an error; undefined if SQLite did not throw it. */
export function primaryCode(error: unknown): string | undefined {
  return isSqliteError(error) ? primaryCodes[error.errcode & 0xff] : undefined
}

/**
 * The error in D1's words: message, code, and the extended code of a constraint. The code that reads
 * failures of batches is then the same on every host.
 */
export function toD1Error(error: unknown): unknown {
  if (!isSqliteError(error)) return error
  const { message, errcode } = error
  const primary = errcode & 0xff
  // SQLite's word for a parameter that the statement has not.
  if (primaryCodes[primary] === 'SQLITE_RANGE') return bindingsError(error)
  const code = primaryCodes[primary] ?? 'SQLITE_ERROR'
  const extended = primary === constraintCode ? constraintCodes[errcode >> 8] : undefined
  const detail = extended === undefined ? '' : ` (extended: ${extended})`
  return new Error(`D1_ERROR: ${message}: ${code}${detail}`, { cause: error })
}

/** D1's error for too few values, or too many. */
export function bindingsError(cause?: Error): Error {
  return new Error('D1_ERROR: Wrong number of parameter bindings for SQL query.', { cause })
}
