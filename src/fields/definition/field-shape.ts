/*
 * The shape of a field's values, as a JSON Schema. OpenAPI documents and TypeScript types are both
 * made from it. A shape for reading allows whatever the column may hold; a shape for writing also
 * states the constraints that JSON Schema can express.
 */

/** The part of JSON Schema (2020-12) that fields need. */
export interface FieldShape {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array'
  readonly description?: string
  readonly enum?: readonly (string | boolean)[]
  readonly format?: 'binary' | 'date-time' | 'email' | 'password' | 'uri'
  readonly contentMediaType?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: FieldShape
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, FieldShape>>
  readonly required?: readonly string[]
  readonly examples?: readonly unknown[]
}

/** Reading a value, or writing it with a new or a stored record. */
export type ShapeUse = 'read' | 'create' | 'update'

/** A number from one limit to another; `null` for no limit. */
export function limits(
  min: number | null,
  max: number | null,
): Pick<FieldShape, 'minimum' | 'maximum'> {
  return {
    ...(min === null ? {} : { minimum: min }),
    ...(max === null ? {} : { maximum: max }),
  }
}

/**
 * The length of a string, and its pattern if JavaScript understands it as well. A length of 0 stands
 * for no limit.
 */
export function textLimits(
  min: number,
  max: number,
  pattern: string,
): Pick<FieldShape, 'minLength' | 'maxLength' | 'pattern'> {
  return {
    ...(min > 0 ? { minLength: min } : {}),
    ...(max > 0 ? { maxLength: max } : {}),
    ...(pattern !== '' && isPattern(pattern) ? { pattern } : {}),
  }
}

/** Fields have patterns of Go, and most mean the same here. */
function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== ''
  } catch {
    return false
  }
}

/** One value, or a list with at most `max` of them. */
export function oneOrMany(
  isMultiple: boolean,
  items: FieldShape,
  counts: Pick<FieldShape, 'minItems' | 'maxItems'>,
): FieldShape {
  return isMultiple ? { type: 'array', items, ...counts } : items
}
