import type { LogStep } from '#dashboard/api/operations/logs.ts'

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

/** The time ranges: the hours each covers, the hours of one bar, and the steps of its summary. */
export const ranges = {
  day: { hours: 24, step: 1, summary: 'hour' },
  week: { hours: 24 * 7, step: 6, summary: 'hour' },
  month: { hours: 24 * 30, step: 24, summary: 'day' },
} as const

/** The name of a time range. */
export type RangeName = keyof typeof ranges

/** The time range that an address names; the last day unless it names another. */
export function rangeOf({ range }: LogSearch): RangeName {
  return range === 'week' || range === 'month' ? range : 'day'
}

const hour = 3_600_000

/** The beginning of the bar that holds a moment. Bars begin at full steps of UTC. */
export function barStart(name: RangeName, moment: Date): Date {
  const length = ranges[name].step * hour
  return new Date(Math.floor(moment.getTime() / length) * length)
}

/** The beginning of the first bar; the last holds the present. */
export function startOf(name: RangeName, now: Date): Date {
  return new Date(endOf(name, barStart(name, now)).getTime() - ranges[name].hours * hour)
}

/** The filter for the API: what was typed, within a time, without superusers unless asked for. */
export function logFilter(search: LogSearch, from: Date | undefined, to: Date | undefined): string {
  const typed = typedFilter(search.filter ?? '')
  return [
    from === undefined ? '' : `created >= "${apiDate(from)}"`,
    to === undefined ? '' : `created < "${apiDate(to)}"`,
    search.superusers === '1' ? '' : 'data.auth != "_superusers"',
    typed === '' ? '' : `(${typed})`,
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

/** The bars of a range with the requests of their steps, oldest first. */
export function barsOf(name: RangeName, now: Date, steps: readonly LogStep[]): readonly LogStep[] {
  const { hours: length, step } = ranges[name]
  const start = startOf(name, now).getTime()
  const bars = Array.from({ length: length / step }, (_, index) => ({
    at: new Date(start + index * step * hour),
    ok: 0,
    refused: 0,
    failed: 0,
    p95: 0,
  }))
  for (const { at, ok, refused, failed, p95 } of steps) {
    const bar = bars[Math.floor((at.getTime() - start) / (step * hour))]
    if (bar === undefined) continue
    bar.ok += ok
    bar.refused += refused
    bar.failed += failed
    // The worst of a bar's hours: times of different hours do not add up.
    bar.p95 = Math.max(bar.p95, p95)
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
