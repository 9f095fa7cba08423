const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** A number of seconds in words, as `1 day 12 hours`. */
export function durationInWords(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds))
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 || (unit === 'second' && parts.length === 0)) {
      parts.push(
        new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count),
      )
    }
  }
  return parts.join(' ')
}
