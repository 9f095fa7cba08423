/*
 * The API has dates as `2026-11-30 09:22:12.123Z`, in UTC; an input has `2026-11-30T09:22:12` without
 * a zone.
 */

/** The moment of a stored date; undefined when it is empty. */
export function readDate(value: unknown): Date | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  const date = new Date(value.replace(' ', 'T'))
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** The text of an input for a moment, by local or UTC clocks. */
export function toInputText(date: Date, zone: 'local' | 'utc'): string {
  const shifted =
    zone === 'utc' ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  const text = shifted.toISOString().slice(0, 23)
  // Inputs show seconds and their fractions only where there are some.
  return text.replace(/\.000$/, '').replace(/(T\d\d:\d\d):00$/, '$1')
}

/** The stored form of what an input has. */
export function fromInputText(text: string, zone: 'local' | 'utc'): string {
  const date = new Date(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(date.getTime()) ? '' : toStored(date)
}

/** The stored form of a moment. */
export function toStored(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/** The stored form of the beginning of a day, by local or UTC clocks. */
export function startOfDay(date: Date, zone: 'local' | 'utc'): string {
  return fromInputText(`${toInputText(date, zone).slice(0, 10)}T00:00`, zone)
}
