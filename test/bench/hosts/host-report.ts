/** A limit that a figure must keep. */
export interface Must {
  /** Of the ratio of both sides, or of the first side's own value. */
  readonly of: 'ratio' | 'value'
  readonly least?: number
  readonly most?: number
}

/** A figure of two servers. */
export interface Figure {
  readonly name: string
  readonly unit: '/s' | 'ms' | 'MB'
  readonly values: readonly [number, number]
  readonly ratio: number
  readonly must: Must
  /** CPU time per request or event, in microseconds, where it is known. */
  readonly cpu?: readonly [number, number] | undefined
}

/** The first line of the table. */
export function headLine(names: readonly [string, string]): string {
  return line('', [...names, 'ratio', 'must', `${names[0]} CPU`, `${names[1]} CPU`, 'ratio'])
}

/** A line of the table, with a mark if the figure misses its limit. */
export function figureLine({ name, unit, values, ratio, must, cpu }: Figure): string {
  const cells = [
    ...values.map((value) => `${rounded(value)} ${unit}`),
    ratio.toFixed(2),
    mustText(must, unit),
    ...(cpu === undefined
      ? ['', '', '']
      : [...cpu.map((micros) => `${rounded(micros)} µs`), (cpu[0] / cpu[1]).toFixed(2)]),
  ]
  const isKept = keeps(must, must.of === 'ratio' ? ratio : values[0])
  return line(name, cells, isKept ? '' : '  missed')
}

function keeps({ least = -Infinity, most = Infinity }: Must, value: number): boolean {
  return value >= least && value <= most
}

function mustText({ of, least, most }: Must, unit: string): string {
  if (least === undefined && most === undefined) return ''
  const limit = least === undefined ? `≤ ${most}` : `≥ ${least}`
  return of === 'ratio' ? limit : `${limit} ${unit}`
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2)
}

function line(name: string, cells: readonly string[], mark = ''): string {
  return `${name.padEnd(28)}${cells.map((cell) => cell.padStart(15)).join('')}${mark}\n`
}
