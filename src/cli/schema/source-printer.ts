/*
 * Prints values and calls as TypeScript, in the layout of the usual formatters: on one line of a
 * hundred columns if they fit, and otherwise a member per line.
 */

/** A call of a builder. Its arguments are values, or calls. */
export class SourceCall {
  readonly name: string
  readonly args: readonly unknown[]

  constructor(name: string, ...args: readonly unknown[]) {
    this.name = name
    this.args = args
  }
}

/** Source text as it is. */
export class SourceText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const width = 100

/** Prints a member of an object, with the comma after it. */
export function printMember(key: string, value: unknown, indent: string): string {
  const name = keyOf(key)
  const prefix = `${indent}${name}: `
  const isLong = typeof value === 'string' && prefix.length + flat(value).length + 1 > width
  // Under a short name, a line of its own would save nothing.
  if (isLong && name.length > 4) return `${indent}${name}:\n${indent}  ${flat(value)},\n`
  return `${prefix}${print(value, indent, prefix.length, 1)},\n`
}

/**
 * Prints a value.
 *
 * @param before columns of its line before it
 * @param after columns of its line after it
 */
export function print(value: unknown, indent: string, before: number, after: number): string {
  const whole = flat(value)
  if (before + whole.length + after <= width) return whole
  const inner = `${indent}  `
  if (value instanceof SourceCall) return brokenCall(value, indent, before)
  if (Array.isArray(value)) {
    const lines = value.map((each) => `${inner}${print(each, inner, inner.length, 1)},\n`)
    return value.length === 0 ? '[]' : `[\n${lines.join('')}${indent}]`
  }
  if (!isObject(value)) return whole
  const members = Object.entries(value)
  if (members.length === 0) return '{}'
  return `{\n${members.map(([key, each]) => printMember(key, each, inner)).join('')}${indent}}`
}

/** The last argument is opened if those before it fit, and otherwise all are on lines of their own. */
function brokenCall({ name, args }: SourceCall, indent: string, before: number): string {
  const last = args.at(-1)
  const start = `${name}(${args
    .slice(0, -1)
    .map((each) => `${flat(each)}, `)
    .join('')}`
  const canOpen = Array.isArray(last) || isObject(last)
  if (canOpen && before + start.length + 1 <= width) {
    // No column is left, so that it opens.
    return `${start}${print(last, indent, width, 1)})`
  }
  const inner = `${indent}  `
  const lines = args.map((each) => `${inner}${print(each, inner, inner.length, 1)},\n`)
  return args.length === 0 ? `${name}()` : `${name}(\n${lines.join('')}${indent})`
}

function flat(value: unknown): string {
  if (value instanceof SourceText) return value.text
  if (value instanceof SourceCall) return `${value.name}(${value.args.map(flat).join(', ')})`
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${flat(each)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  const isSource = value instanceof SourceText || value instanceof SourceCall
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSource
}

function keyOf(name: string): string {
  if (name === '__proto__') return `['__proto__']`
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name)
}

/** A text in the quotes that need fewer escapes. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
  const count = (quote: string) => text.split(quote).length
  if (count("'") > count('"')) return json
  const escaped = json
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)
  return `'${escaped}'`
}
