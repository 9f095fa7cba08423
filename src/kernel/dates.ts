/**
 * Formats a date as PocketBase does, `YYYY-MM-DD HH:MM:SS.mmmZ` in UTC. Such strings sort by time.
 */
export function formatDate(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/** Whole Unix seconds of a date, rounded down. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
