import type { FieldDefinition } from '#dashboard/schema/definition.ts'

/**
 * A filter for the stored records that the new limits of a field would refuse; undefined if the limits
 * became no stricter, or if a filter cannot say it.
 */
export function brokenBy(old: FieldDefinition, field: FieldDefinition): string | undefined {
  const { name } = old
  const broken: string[] = []
  if (field.required === true && old.required !== true) broken.push(...emptyFilter(old))
  if (field.type === 'number' || field.type === 'date') {
    const empty = field.type === 'number' ? '0' : "''"
    const [min, max] = [limitOf(field, 'min'), limitOf(field, 'max')]
    if (min !== undefined && min !== limitOf(old, 'min')) {
      broken.push(`(${name} < ${min} && ${name} != ${empty})`)
    }
    if (max !== undefined && max !== limitOf(old, 'max')) {
      broken.push(`(${name} > ${max} && ${name} != ${empty})`)
    }
  }
  if (field.type === 'select') {
    const kept = listOf(field, 'values')
    for (const value of listOf(old, 'values')) {
      if (!kept.includes(value)) broken.push(`${name}:each ?= ${JSON.stringify(value)}`)
    }
  }
  return broken.length === 0 ? undefined : broken.join(' || ')
}

function emptyFilter({ name, type }: FieldDefinition): string[] {
  if (type === 'number') return [`${name} = 0`]
  if (type === 'bool') return [`${name} = false`]
  if (type === 'json') return [`${name} = null`]
  return type === 'geoPoint' ? [`(${name}.lon = 0 && ${name}.lat = 0)`] : [`${name} = ''`]
}

function limitOf(field: FieldDefinition, key: string): string | undefined {
  const limit = field[key]
  if (typeof limit === 'number') return String(limit)
  return typeof limit === 'string' && limit !== '' ? JSON.stringify(limit) : undefined
}

function listOf(field: FieldDefinition, key: string): string[] {
  const list = field[key]
  return Array.isArray(list) ? list.map(String) : []
}
