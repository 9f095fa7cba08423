import { Cron } from 'croner'

const minuteMilliseconds = 60_000

/** A minute the host missed, as hosts do while they change versions, is caught up within this time. */
const graceMinutes = 10

/**
 * The latest minute of late that an expression names, the current one included; undefined if none.
 * The expression holds (see `cronFault`); day of the month and of the week must both fit.
 */
export function latestMinute(expression: string, now: Date): Date | undefined {
  const cron = new Cron(plain(expression), { timezone: 'UTC', domAndDow: true })
  const minute = Math.floor(now.getTime() / minuteMilliseconds)
  return Array.from(
    { length: graceMinutes },
    (_, ago) => new Date((minute - ago) * minuteMilliseconds),
  ).find((moment) => cron.match(moment))
}

/** The same in the words of the library: PocketBase's parser also takes `+5` and `5/1`. */
function plain(expression: string): string {
  return expression.replaceAll('+', '').replaceAll(/(?<=^|[ ,])(\d+)\/0*1(?=[ ,]|$)/g, '$1')
}
