/** The time zone in which times are shown. */
export type Zone = 'local' | 'utc'

/**
 * The text of a count: `plural(3, { one: '# record', other: '# records' })` returns "3 records".
 */
export function plural(
  count: number,
  forms: { readonly one: string; readonly other: string },
): string {
  const form = new Intl.PluralRules('en').select(count) === 'one' ? forms.one : forms.other
  return form.replace('#', formatNumber(count))
}

/** A count with separators. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat('en').format(value)
}

/** A time with its zone, as `30 Nov 2026, 09:22:12 UTC`. */
export function formatTime(date: Date, zone: Zone): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
  }).format(date)
}

/** A day and an hour without the year, as `30 Nov, 09:00`; its zone is that of the page. */
export function formatHour(date: Date, zone: Zone): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
  }).format(date)
}

const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A time relative to now, as `3 hours ago`. */
export function formatRelative(date: Date, now = new Date()): string {
  const seconds = (date.getTime() - now.getTime()) / 1000
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  return step === undefined
    ? format.format(Math.round(seconds), 'second')
    : format.format(Math.round(seconds / step[1]), step[0])
}

/** A size such as `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: units[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}

/** A duration in milliseconds: a fraction only below ten. */
export function formatMilliseconds(value: number): string {
  const maximumFractionDigits = value < 10 ? 1 : 0
  return `${new Intl.NumberFormat('en', { maximumFractionDigits }).format(value)} ms`
}
