const d1Error =
  /^(?:D1_ERROR: )?([\s\S]*?)(?: at offset \d+)?: (SQLITE_[A-Z]+)(?: \(extended: (SQLITE_[A-Z_]+)\))?$/

/** The name of a result code in PocketBase's driver, and the number it appends. */
const resultCodes: Readonly<Record<string, readonly [text: string, number: number]>> = {
  SQLITE_ERROR: ['SQL logic error', 1],
  SQLITE_CONSTRAINT: ['constraint failed', 19],
  SQLITE_CONSTRAINT_PRIMARYKEY: ['constraint failed', 1555],
  SQLITE_CONSTRAINT_UNIQUE: ['constraint failed', 2067],
  SQLITE_CONSTRAINT_NOTNULL: ['constraint failed', 1299],
}

/**
 * The database's message about a superuser's SQL, in the format of PocketBase's driver; undefined
 * for other errors.
 */
export function databaseFault(error: unknown): string | undefined {
  const text = error instanceof Error ? error.message : ''
  const [, message, code = '', extended = ''] = d1Error.exec(text) ?? []
  if (message === undefined) return undefined
  const known = resultCodes[extended] ?? resultCodes[code]
  return known === undefined ? message : `${known[0]}: ${message} (${known[1]})`
}
