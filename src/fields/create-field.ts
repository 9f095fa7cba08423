import { type SQL, sql } from 'drizzle-orm'
import { utf8Text } from '#kernel/bytes.ts'
import { type FieldIssue, required } from '#kernel/errors.ts'
import type {
  CheckContext,
  ColumnValue,
  DatabaseCheck,
  Field,
  FieldDefinition,
  FieldValue,
} from './field-type.ts'

/** A value that is an SQL expression. */
export interface StoredValue {
  readonly sql: SQL
}

/** A rule for the values of a field that are not blank, said in two languages. */
export interface Constraint<Value> {
  /** The fault of a known value. */
  faultOf(value: Value): FieldIssue | undefined
  /** The same for the database, faults first found first; empty where SQL cannot say it. */
  checksOf(value: StoredValue): readonly DatabaseCheck[]
}

/** What a type says of its fields; everything else about them follows, or has a usual answer. */
export interface FieldBehaviour<Value> extends Partial<
  Omit<Field, 'definition' | 'name' | 'hidden' | 'column' | 'validate' | 'checks'>
> {
  readonly ddl: string
  readonly zero: Value
  normalise(input: unknown): Value
  /** Whether a value is the zero value: refused when required, else exempt from constraints. */
  isBlank(value: Value): boolean
  /** The same in SQL. */
  isStoredBlank(value: SQL): SQL
  /** In the order in which faults are reported. */
  readonly constraints?: readonly Constraint<Value>[]
  /** What only the database can tell; asked of values that are not blank, after the constraints. */
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
  isFile: false,
  namedFiles: () => [],
  storedFiles: () => sql`SELECT NULL AS value WHERE FALSE`,
  bodyBytes: 0,
  modifiers: {},
  fill: () => undefined,
} as const

/** Makes a field of its type's behaviour. Reading a column is normalising, unless stated. */
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
    // What is known went through `normalise`, which makes values of this type only.
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
    validate,
    checks,
  }
}

/** A BLOB, which D1 answers as a list of bytes, is the text it holds: PocketBase reads it so. */
function textOfBytes(bytes: readonly unknown[]): string {
  return utf8Text(Uint8Array.from(bytes, Number))
}

/** A constraint with one issue: the values it refuses, known and stored. */
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
