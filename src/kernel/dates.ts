/**
 * Formats a date as PocketBase does, `YYYY-MM-DD HH:MM:SS.mmmZ` in UTC. Such strings sort by time.
 */
export function formatDate(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/**
 * True for a string that `formatDate` could have written, by its characters alone. False for years
 * before 1000, and for February 29th.
 */
export function isFormattedDate(text: string): boolean {
  return formatted.test(text)
}

const days = [
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '02-(?:0[1-9]|1\\d|2[0-8])',
].join('|')

const formatted = new RegExp(
  `^[1-9]\\d{3}-(?:${days}) (?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$`,
)

/** Whole Unix seconds of a date, rounded down. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

/**
 * The seconds by which a moment may be in the future and still be now: the clocks of two isolates differ. One
 * that is farther ahead was told by a clock that has been set back since.
 */
export const clockToleranceSeconds = 300
