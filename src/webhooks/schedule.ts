/*
 * When the attempts of a delivery follow one another, as Standard Webhooks recommends: ten within
 * three days and a bit.
 */

const minute = 60
const hour = 60 * minute

/** Seconds before the second attempt, the third, and so on. */
const delays = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** Each delay is up to this part shorter or longer, so that receivers are not hit in waves. */
const jitter = 0.2

const longestWaitSeconds = 24 * hour

/**
 * The seconds until the next attempt; undefined after the last one.
 *
 * @param attempts the attempts so far, from 1
 * @param random from 0 to 1
 */
export function delaySeconds(attempts: number, random: number = Math.random()): number | undefined {
  const delay = delays[attempts - 1]
  return delay === undefined ? undefined : Math.round(delay * (1 - jitter + 2 * jitter * random))
}

/**
 * The seconds that a receiver asks to be left alone, by `Retry-After` in seconds or as a date; at
 * most a day. Undefined if the header is missing or makes no sense.
 */
export function retryAfterSeconds(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  const seconds = /^\d+$/.test(text)
    ? Number(text)
    : Math.ceil((Date.parse(text) - now.getTime()) / 1000)
  return seconds > 0 ? Math.min(seconds, longestWaitSeconds) : undefined
}

/** The attempts at a function of the application: after 10 s, 1, 2, 4 … min, then each hour, for three days. */
export const maxCalls = 78

/** The seconds until a function is called again; undefined after the last call. */
export function callDelaySeconds(attempts: number): number | undefined {
  if (attempts >= maxCalls) return undefined
  return attempts === 1 ? 10 : Math.min(minute * 2 ** (attempts - 2), hour)
}
