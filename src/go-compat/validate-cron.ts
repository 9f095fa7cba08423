/**
 * Validates a cron expression of five segments. Returns the message of PocketBase's parser, or
 * undefined if it is valid.
 */
export function cronFault(expression: string): string | undefined {
  if (macros.has(expression)) return undefined
  const segments = expression.split(' ')
  if (segments.length !== ranges.length) {
    return 'invalid cron expression - must be a valid macro or to have exactly 5 space separated segments'
  }
  return firstOf(segments, (segment, index) => segmentFault(segment, ranges[index] ?? [0, 0]))
}

const macros = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
])

type Range = readonly [min: number, max: number]

/** Minute, hour, day of month, month, day of week. */
const ranges: readonly Range[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
]

function segmentFault(segment: string, range: Range): string | undefined {
  return firstOf(segment.split(','), (part) => partFault(part, range))
}

function partFault(part: string, range: Range): string | undefined {
  const [values = '', step, ...rest] = part.split('/')
  if (rest.length > 0) {
    return 'invalid segment step format - must be in the format */n or 1-30/n'
  }
  const stepProblem = step === undefined ? undefined : stepFault(step, range)
  if (stepProblem !== undefined || values === '*') return stepProblem
  return valuesFault(values, Number(step ?? 1), range)
}

function stepFault(step: string, [, max]: Range): string | undefined {
  if (!isInteger(step)) return notAnInteger(step)
  const isInRange = Number(step) >= 1 && Number(step) <= max
  return isInRange
    ? undefined
    : `invalid segment step boundary - the step must be between 1 and the ${max}`
}

function valuesFault(values: string, step: number, [min, max]: Range): string | undefined {
  const [from = '', to, ...rest] = values.split('-')
  if (rest.length > 0) {
    return 'invalid segment range format - the range must have 1 or 2 parts'
  }
  if (to === undefined && step > 1) {
    return 'invalid segment step - step > 1 could be used only with the wildcard or range format'
  }
  if (!isInteger(from)) return notAnInteger(from)
  if (to === undefined) {
    return isWithin(from, min, max)
      ? undefined
      : 'invalid segment value - must be between the min and max of the segment'
  }
  if (!isWithin(from, min, max)) {
    return `invalid segment range minimum - must be between ${min} and ${max}`
  }
  if (!isInteger(to)) return notAnInteger(to)
  return isWithin(to, Number(from), max)
    ? undefined
    : `invalid segment range maximum - must be between ${Number(from)} and ${max}`
}

function isWithin(text: string, min: number, max: number): boolean {
  return Number(text) >= min && Number(text) <= max
}

function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text)
}

function notAnInteger(text: string): string {
  return `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
}

function firstOf<T>(
  items: readonly T[],
  faultOf: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const fault = faultOf(item, index)
    if (fault !== undefined) return fault
  }
  return undefined
}
