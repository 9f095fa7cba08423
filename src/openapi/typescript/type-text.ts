import type { FieldShape } from '#fields/definition/field-shape.ts'

/** The TypeScript type of a field's values, on one line. */
export function typeText(shape: FieldShape): string {
  if (shape.enum !== undefined) {
    return shape.enum.map((value) => JSON.stringify(value)).join(' | ') || 'never'
  }
  switch (shape.type) {
    case 'string':
      return textType(shape)
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
      return listOf(typeText(shape.items ?? {}))
    case 'object':
      return objectType(shape)
    case undefined:
      return 'unknown'
  }
}

/** The key of a member; names that are no identifiers are quoted. */
export function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function textType({ format }: FieldShape): string {
  if (format === 'binary') return 'Blob | string'
  return format === 'date-time' ? 'Date | string' : 'string'
}

function listOf(type: string): string {
  return type.includes(' ') ? `(${type})[]` : `${type}[]`
}

function objectType({ properties = {}, required = [] }: FieldShape): string {
  const members = Object.entries(properties).map(
    ([name, shape]) => `${keyText(name)}${required.includes(name) ? '' : '?'}: ${typeText(shape)}`,
  )
  return `{ ${members.join('; ')} }`
}
