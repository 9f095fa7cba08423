const shape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Reads what was typed; undefined when it is not a number. */
export function readNumber(typed: string): number | undefined {
  const trimmed = typed.trim()
  if (trimmed === '') return 0
  return shape.test(trimmed) ? Number(trimmed) : undefined
}
