import { formatDate } from '#kernel/dates.ts'

/**
 * Parses a date in ISO 8601, RFC 3339 (with `T` or a space) or RFC 1123, as JavaScript writes them,
 * and returns it in the stored format. Returns `''` for anything else, including Go's zero time
 * (`0001-01-01 00:00:00Z`).
 *
 * Without an offset a date is in UTC. Fractions of a millisecond are cut off.
 */
export function parseDate(text: string): string {
  for (const form of forms) {
    const parts = form.exec(text)?.groups
    if (parts !== undefined) return dateOf(parts)
  }
  return ''
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const date = '(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)'
const clock = '(?<hour>\\d{1,2}):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?'
const offset = '(?<sign>[+-])(?<offsetHour>\\d\\d):?(?<offsetMinute>\\d\\d)'
const weekday = '(?i:mon|tue|wed|thu|fri|sat|sun)'
const dayOfYear = `(?<day>\\d\\d) (?<monthName>(?i:${months.join('|')})) (?<year>\\d{4})`

const forms = [
  date,
  `${date}T${clock}(?:Z|${offset})?`,
  `${date} ${clock}(?:Z| ?${offset})?`,
  `${weekday}, ${dayOfYear} ${clock} (?:GMT|UTC|${offset.replace(':?', '')})`,
].map((form) => new RegExp(`^${form}$`))

type Parts = Readonly<Record<string, string | undefined>>

function dateOf(parts: Parts): string {
  const number = (name: string): number => Number(parts[name] ?? 0)
  const month = parts['monthName'] === undefined ? number('month') : monthNamed(parts['monthName'])
  if (number('hour') > 23 || number('minute') > 59 || number('second') > 59) return ''
  if (number('offsetHour') > 24 || number('offsetMinute') > 60) return ''

  const moment = new Date(0)
  // Date.UTC maps years below 100 to the 20th century.
  moment.setUTCFullYear(number('year'), month - 1, number('day'))
  if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== number('day')) return ''
  moment.setUTCHours(number('hour'), number('minute'), number('second'), milliseconds(parts))

  const shift = (number('offsetHour') * 60 + number('offsetMinute')) * 60_000
  moment.setTime(moment.getTime() - (parts['sign'] === '-' ? -shift : shift))
  const written = formatDate(moment)
  // Years outside four digits would not sort as strings.
  return written === goZero || !/^\d{4}-/.test(written) ? '' : written
}

const goZero = '0001-01-01 00:00:00.000Z'

function monthNamed(name: string): number {
  return months.indexOf(name.toLowerCase()) + 1
}

function milliseconds(parts: Parts): number {
  return Number((parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0'))
}
