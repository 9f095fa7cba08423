import { formatDate } from '#kernel/dates.ts'

/**
 * Parses a date in any format PocketBase knows and returns it in the stored format. Returns `''`
 * for anything else, including Go's zero time (`0001-01-01 00:00:00Z`).
 *
 * Fractions of a millisecond are cut off. Zones given only by name count as UTC.
 */
export function parseDate(text: string): string {
  for (const form of forms) {
    const parts = form.exec(text)?.groups
    if (parts !== undefined) return dateOf(parts)
  }
  return ''
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const monthName = `(?<monthName>(?i:${months.join('|')}))`
const shortWeekday = `(?i:${weekdays.map((name) => name.slice(0, 3)).join('|')})`
const longWeekday = `(?i:${weekdays.join('|')})`
const day = '(?<day>\\d\\d)'
const looseDay = '(?<day>\\d{1,2})'
const year = '(?<year>\\d{4})'
const shortYear = '(?<shortYear>\\d\\d)'
const date = `${year}-(?<month>\\d\\d)-${day}`
const minutes = '(?<hour>\\d{1,2}):(?<minute>\\d\\d)'
const clock = `${minutes}:(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?`
const offset = '(?<sign>[+-])(?<offsetHour>\\d\\d):?(?<offsetMinute>\\d\\d)'
const plainOffset = offset.replace(':?', '')
const zoneName = '(?:[A-Z]{3}T?|[A-Z]{4}T|WITA|ChST|MeST|[+-]\\d{1,2})'

const forms = [
  date,
  // ISO 8601 and RFC 3339, also with a space.
  `${date}T${clock}(?:Z|${offset})?`,
  `${date} +${clock}(?:Z| *${offset})?`,
  `${date} +${clock} +${plainOffset} +${zoneName}`,
  // RFC 1123, 822, 850.
  `${shortWeekday}, +${day} +${monthName} +${year} +${clock} +(?:${plainOffset}|${zoneName})`,
  `${day} +${monthName} +${shortYear} +${minutes} +(?:${plainOffset}|${zoneName})`,
  `${longWeekday}, +${day}-${monthName}-${shortYear} +${clock} +${zoneName}`,
  // The C library, the date command, Ruby.
  `${shortWeekday} +${monthName} +${looseDay} +${clock}(?: +${zoneName})? +${year}`,
  `${shortWeekday} +${monthName} +${day} +${clock} +${plainOffset} +${year}`,
  `${day} +${monthName} +${year}`,
  // Times without a year are in the year zero.
  `${minutes}(?<half>AM|PM)`,
  `${monthName} +${looseDay} +${clock}`,
].map((form) => new RegExp(`^${form}$`))

type Parts = Readonly<Record<string, string | undefined>>

function dateOf(parts: Parts): string {
  const number = (name: string): number => Number(parts[name] ?? 0)
  const month = parts['monthName'] === undefined ? Number(parts['month'] ?? 1) : monthOf(parts)
  const dayOfMonth = Number(parts['day'] ?? 1)
  const hour = hourOf(parts)
  if (hour > 23 || number('minute') > 59 || number('second') > 59) return ''
  if (number('offsetHour') > 24 || number('offsetMinute') > 60) return ''

  const moment = new Date(0)
  // Date.UTC maps years below 100 to the 20th century.
  moment.setUTCFullYear(yearOf(parts), month - 1, dayOfMonth)
  if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== dayOfMonth) return ''
  moment.setUTCHours(hour, number('minute'), number('second'), milliseconds(parts))

  const shift = (number('offsetHour') * 60 + number('offsetMinute')) * 60_000
  moment.setTime(moment.getTime() - (parts['sign'] === '-' ? -shift : shift))
  const written = formatDate(moment)
  // Years outside four digits would not sort as strings.
  return written === goZero || !/^\d{4}-/.test(written) ? '' : written
}

const goZero = '0001-01-01 00:00:00.000Z'

function monthOf(parts: Parts): number {
  return months.indexOf((parts['monthName'] ?? '').toLowerCase()) + 1
}

function yearOf(parts: Parts): number {
  if (parts['shortYear'] === undefined) return Number(parts['year'] ?? 0)
  const ofCentury = Number(parts['shortYear'])
  return ofCentury + (ofCentury >= 69 ? 1900 : 2000)
}

/** Never NaN: an hour that a 12-hour clock does not have becomes one that no day has. */
function hourOf(parts: Parts): number {
  const hour = Number(parts['hour'] ?? 0)
  if (parts['half'] === undefined) return hour
  if (hour > 12) return 24
  return (hour % 12) + (parts['half'] === 'PM' ? 12 : 0)
}

function milliseconds(parts: Parts): number {
  return Number((parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0'))
}
