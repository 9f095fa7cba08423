const d1Error =
  /^(?:D1_ERROR: )?([\s\S]*?)(?: at offset \d+)?: (SQLITE_[A-Z]+)(?: \(extended: (SQLITE_[A-Z_]+)\))?$/

/** What PocketBase's driver calls a result code, and the number it adds. */
const resultCodes: Readonly<Record<string, readonly [text: string, number: number]>> = {
  SQLITE_ERROR: ['SQL logic error', 1],
  SQLITE_CONSTRAINT: ['constraint failed', 19],
  SQLITE_CONSTRAINT_PRIMARYKEY: ['constraint failed', 1555],
  SQLITE_CONSTRAINT_UNIQUE: ['constraint failed', 2067],
  SQLITE_CONSTRAINT_NOTNULL: ['constraint failed', 1299],
}

/**
 * What the database says of SQL that a superuser wrote, in the words of PocketBase's driver;
 * undefined for an error that is none of the database.
 */
export function databaseFault(error: unknown): string | undefined {
  const text = error instanceof Error ? error.message : ''
  const [, message, code = '', extended = ''] = d1Error.exec(text) ?? []
  if (message === undefined) return undefined
  const known = resultCodes[extended] ?? resultCodes[code]
  return known === undefined ? message : `${known[0]}: ${message} (${known[1]})`
}
