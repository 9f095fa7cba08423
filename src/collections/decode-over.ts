import * as z from 'zod'

/**
 * Decodes a submitted value over the current one, as Go's JSON decoder does.
 *
 * Objects merge key by key and keep missing keys. Lists get the submitted length, and elements
 * merge by position. A map keeps its keys. `null` empties a list, is the value of a nullable, and
 * otherwise changes nothing.
 *
 * @throws {z.ZodError} For a value of the wrong JSON type.
 */
export function decodeOver<T extends z.ZodType>(
  schema: T,
  stored: unknown,
  submitted: unknown,
): z.output<T> {
  return schema.parse(merge(schema, stored, submitted))
}

/** The zero value of a schema: empty strings and lists, zeros, false, null. */
export function zeroOf<T extends z.ZodType>(schema: T): z.output<T> {
  return schema.parse(zero(schema))
}

type Members = Readonly<Record<string, unknown>>

function merge(schema: z.ZodType, stored: unknown, submitted: unknown): unknown {
  if (submitted === undefined) return stored
  if (schema instanceof z.ZodNullable) return mergeNullable(stored, submitted)
  if (schema instanceof z.ZodArray) return mergeList(schema, stored, submitted)
  if (submitted === null) return stored
  if (!(schema instanceof z.ZodObject) || !isMembers(submitted)) return submitted

  const before = isMembers(stored) ? stored : {}
  const keys = Object.entries(schema.shape)
  return Object.fromEntries(
    keys.map(([key, member]) => [key, merge(member, before[key], ownValue(submitted, key))]),
  )
}

/** Go's decoder adds to an existing map. */
function mergeNullable(stored: unknown, submitted: unknown): unknown {
  return isMembers(stored) && isMembers(submitted) ? { ...stored, ...submitted } : submitted
}

function mergeList(schema: z.ZodArray, stored: unknown, submitted: unknown): unknown {
  if (submitted === null) return []
  if (!Array.isArray(submitted)) return submitted
  const element = schema.element as z.ZodType
  const before: readonly unknown[] = Array.isArray(stored) ? stored : []
  return submitted.map((value, at) =>
    merge(element, at in before ? before[at] : zero(element), value),
  )
}

function zero(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodNullable) return null
  if (schema instanceof z.ZodArray) return []
  if (schema instanceof z.ZodString) return ''
  if (schema instanceof z.ZodNumber) return 0
  if (schema instanceof z.ZodBoolean) return false
  if (!(schema instanceof z.ZodObject)) throw new TypeError('A shape without a zero value.')
  const keys = Object.entries(schema.shape)
  return Object.fromEntries(keys.map(([key, member]) => [key, zero(member)]))
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Inherited keys such as `constructor` are not part of a body. */
function ownValue(members: Members, key: string): unknown {
  return Object.hasOwn(members, key) ? members[key] : undefined
}
