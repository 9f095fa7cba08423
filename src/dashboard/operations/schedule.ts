import { Cron } from 'croner'
import { t } from '#dashboard/text/t.ts'

const texts = t.operations.schedule

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** The next runs of a cron expression in UTC; undefined if it is invalid. */
export function nextRuns(expression: string, count: number, now = new Date()): Date[] | undefined {
  try {
    // As the server reads it: both the day of the month and the day of the week must match.
    const cron = new Cron(expression, { mode: '5-part', timezone: 'UTC', domAndDow: true })
    return cron.nextRuns(count, now)
  } catch {
    return undefined
  }
}

/** A cron expression in words; undefined if it is not a common one. */
export function scheduleInWords(expression: string): string | undefined {
  const parts = (macros[expression] ?? expression).trim().split(/\s+/)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts
  if (parts.length !== 5 || month !== '*') return undefined
  const isDaily = day === '*' && weekday === '*'
  const everyMinutes = stepOf(minute)
  if (isDaily && hour === '*' && everyMinutes !== undefined) {
    return texts.minutes({ count: everyMinutes })
  }
  if (!isNumber(minute)) return undefined
  const everyHours = stepOf(hour)
  if (isDaily && everyHours !== undefined) {
    return texts.hours({ count: everyHours, minute: minute.padStart(2, '0') })
  }
  if (!isNumber(hour)) return undefined
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (isDaily) return texts.daily({ time })
  if (day === '*' && isNumber(weekday)) {
    return texts.weekly({ day: texts.days[Number(weekday) % 7] ?? weekday, time })
  }
  return weekday === '*' && isNumber(day) ? texts.monthly({ day, time }) : undefined
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

/** The step of `*` or of a step such as `*` with `/5` behind it. */
function stepOf(text: string): number | undefined {
  const found = /^\*(?:\/(\d+))?$/.exec(text)
  return found === null ? undefined : Number(found[1] ?? 1)
}
