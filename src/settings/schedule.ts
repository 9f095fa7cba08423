import { Cron } from 'croner'

/** The minutes that a cron expression names. */
export interface Schedule {
  match(minute: Date): boolean
}

/**
 * Parses a cron expression of five segments, or a macro such as `@daily`. It is in UTC, and the day
 * of the month and the day of the week must both match, as in PocketBase.
 *
 * @throws {TypeError | RangeError} If it is invalid.
 */
export function parseSchedule(expression: string): Schedule {
  return new Cron(expression, { mode: '5-part', timezone: 'UTC', domAndDow: true })
}
