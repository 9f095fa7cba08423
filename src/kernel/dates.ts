/**
 * Formats a date as PocketBase does, `YYYY-MM-DD HH:MM:SS.mmmZ` in UTC. Such strings sort by time.
 */
export function formatDate(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/**
 * True for a string that `formatDate` could have written, by its characters alone. False for some
 * others: years before 1000, and days that not every month has.
 */
export function isFormattedDate(text: string): boolean {
  return formatted.test(text)
}

const formatted =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** Whole Unix seconds of a date, rounded down. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
