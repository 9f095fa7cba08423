import type { LogHour } from '#dashboard/api/logs.ts'

/** The search parameters of the logs; everything is text, as it was typed. */
export interface LogSearch {
  readonly filter?: string
  readonly range?: string
  readonly from?: string
  readonly to?: string
  readonly sort?: string
  readonly superusers?: string
  readonly live?: string
}

/** The time ranges, each with the hours it covers and the hours of one bar. */
export const ranges = {
  day: { hours: 24, step: 1 },
  week: { hours: 24 * 7, step: 6 },
  month: { hours: 24 * 30, step: 24 },
} as const

/** The name of a time range. */
export type RangeName = keyof typeof ranges

/** The time range that an address names; the last day unless it names another. */
export function rangeOf({ range }: LogSearch): RangeName {
  return range === 'week' || range === 'month' ? range : 'day'
}

const hour = 3_600_000

/** The beginning of the first bar. Bars begin at full steps of UTC, the last holds the present. */
export function startOf(name: RangeName, now: Date): Date {
  const { hours, step } = ranges[name]
  const end = (Math.floor(now.getTime() / (step * hour)) + 1) * step * hour
  return new Date(end - hours * hour)
}

/** The filter for the API: what was typed, within a time, without superusers unless asked for. */
export function logFilter(
  search: LogSearch,
  from: Date,
  to: Date | undefined,
  condition = '',
): string {
  const typed = typedFilter(search.filter ?? '')
  return [
    `created >= "${apiDate(from)}"`,
    to === undefined ? '' : `created < "${apiDate(to)}"`,
    search.superusers === '1' ? '' : 'data.auth != "_superusers"',
    typed === '' ? '' : `(${typed})`,
    condition === '' ? '' : `(${condition})`,
  ]
    .filter(Boolean)
    .join(' && ')
}

/** A filter as it is, and words without an operator as a search in the message. */
function typedFilter(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '' || /[=~<>]/.test(trimmed)) return trimmed
  return `message ~ ${JSON.stringify(trimmed)}`
}

/** A moment as filters have it. */
export function apiDate(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/** The bars of a range with the requests of their hours, oldest first. */
export function barsOf(name: RangeName, now: Date, hours: readonly LogHour[]): readonly LogHour[] {
  const { hours: length, step } = ranges[name]
  const start = startOf(name, now).getTime()
  const bars = Array.from({ length: length / step }, (_, index) => ({
    at: new Date(start + index * step * hour),
    ok: 0,
    refused: 0,
    failed: 0,
  }))
  for (const { at, ok, refused, failed } of hours) {
    const bar = bars[Math.floor((at.getTime() - start) / (step * hour))]
    if (bar === undefined) continue
    bar.ok += ok
    bar.refused += refused
    bar.failed += failed
  }
  return bars
}

/** The moment at which a bar ends. */
export function endOf(name: RangeName, at: Date): Date {
  return new Date(at.getTime() + ranges[name].step * hour)
}

/** A moment of the address; undefined when it is none. */
export function momentOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}
