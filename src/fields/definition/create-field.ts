import type { ColumnSchema } from './column-schema.ts'
import { type SQL, sql } from 'drizzle-orm'
import { utf8Text } from '#kernel/bytes.ts'
import { type FieldIssue, required } from '#kernel/errors.ts'
import type { FieldShape, ShapeUse } from './field-shape.ts'
import type {
  CheckContext,
  ColumnValue,
  DatabaseCheck,
  Field,
  FieldDefinition,
  FieldValue,
} from './field-type.ts'

/** A value given as an SQL expression. */
export interface StoredValue {
  readonly sql: SQL
}

/** A rule for non-blank values of a field, in JavaScript and in SQL. */
export interface Constraint<Value> {
  /** The issue of a known value. */
  faultOf(value: Value): FieldIssue | undefined
  /** The checks of a stored value, in order of precedence. Empty if SQL cannot express the rule. */
  checksOf(value: StoredValue): readonly DatabaseCheck[]
}

/**
 * The behaviour that a type defines for its fields. Everything else is derived or has a default.
 */
export interface FieldBehaviour<Value> extends Partial<
  Omit<Field, 'definition' | 'name' | 'hidden' | 'isRequired' | 'validate' | 'checks'>
> {
  readonly column: ColumnSchema
  readonly zero: Value
  shape(use: ShapeUse): FieldShape
  normalise(input: unknown): Value
  /**
   * True for the zero value, which is rejected if required, and otherwise exempt from constraints.
   */
  isBlank(value: Value): boolean
  /** The same in SQL. */
  isStoredBlank(value: SQL): SQL
  /** In the order in which issues are reported. */
  readonly constraints?: readonly Constraint<Value>[]
  /** Checks that need the database. They run on non-blank values, after the constraints. */
  lookups?(value: FieldValue, context: CheckContext): readonly DatabaseCheck[]
  toColumn(value: Value): ColumnValue
}

const usual = {
  isMultiple: false,
  isMultiValuer: false,
  isNumber: false,
  jsonAccess: 'none',
  relatedCollectionId: undefined,
  cascadeDelete: false,
  acceptsInput: true,
  isHashed: false,
  minLength: 0,
  isFile: false,
  isProtected: false,
  thumbs: [],
  namedFiles: () => [],
  storedFiles: () => sql`SELECT NULL AS value WHERE FALSE`,
  bodyBytes: 0,
  modifiers: {},
  fill: () => undefined,
} as const

/** Creates a field from its type's behaviour. By default a column is read by normalising it. */
export function createField<Value>(
  definition: FieldDefinition,
  behaviour: FieldBehaviour<Value>,
): Field {
  const { constraints = [], lookups, isBlank, isStoredBlank, ...stated } = behaviour
  const isRequired = definition.required === true

  function validate(value: Value): FieldIssue | undefined {
    if (isBlank(value)) return isRequired ? required : undefined
    for (const { faultOf } of constraints) {
      const fault = faultOf(value)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  function checks(value: FieldValue, context: CheckContext): readonly DatabaseCheck[] {
    const found = lookups?.(value, context) ?? []
    // A known value went through `normalise`, which only returns values of this type.
    if ('known' in value) return isBlank(value.known as Value) ? [] : found
    const isPresent = sql`NOT (${isStoredBlank(value.sql)})`
    const refused = [...constraints.flatMap(({ checksOf }) => checksOf(value)), ...found]
    return [
      ...(isRequired ? [{ violated: isStoredBlank(value.sql), issue: required }] : []),
      ...refused.map(({ violated, issue }) => ({
        violated: sql`(${isPresent} AND (${violated}))`,
        issue,
      })),
    ]
  }

  const fromColumn = stated.fromColumn ?? behaviour.normalise
  return {
    ...usual,
    ...stated,
    fromColumn: (stored) => fromColumn(Array.isArray(stored) ? textOfBytes(stored) : stored),
    definition,
    name: definition.name,
    hidden: definition.hidden,
    isRequired,
    validate,
    checks,
  }
}

/** D1 returns a BLOB as a list of bytes. It is read as the string it holds, as in PocketBase. */
function textOfBytes(bytes: readonly unknown[]): string {
  return utf8Text(Uint8Array.from(bytes, Number))
}

/** Creates a constraint with one issue, from the values it rejects, known and stored. */
export function constraint<Value>(
  issue: FieldIssue,
  refuses: (value: Value) => boolean,
  refusesStored?: (value: SQL) => SQL,
): Constraint<Value> {
  return {
    faultOf: (value) => (refuses(value) ? issue : undefined),
    checksOf: (value) =>
      refusesStored === undefined ? [] : [{ violated: refusesStored(value.sql), issue }],
  }
}
