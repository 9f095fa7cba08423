/** A value as it is written in JavaScript. */
export function javaScriptLiteral(value: unknown, depth = 0): string {
  return literal(value, depth, {
    key: javaScriptKey,
    text: quoted,
  })
}

/** A key of an object literal. `__proto__` is computed, as a plain one would set the prototype. */
function javaScriptKey(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

/** A value as it is written in Dart. */
export function dartLiteral(value: unknown, depth = 0): string {
  const text = (part: string): string => quoted(part).replaceAll('$', String.raw`\$`)
  return literal(value, depth, { key: text, text })
}

interface Style {
  readonly key: (name: string) => string
  readonly text: (text: string) => string
}

function literal(value: unknown, depth: number, style: Style): string {
  if (typeof value === 'string') return style.text(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) {
    return `[${value.map((one) => literal(one, depth, style)).join(', ')}]`
  }
  const indent = '  '.repeat(depth + 1)
  const lines = Object.entries(value).map(
    ([key, one]) => `${indent}${style.key(key)}: ${literal(one, depth + 1, style)},`,
  )
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  return `'${escaped.replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`
}
