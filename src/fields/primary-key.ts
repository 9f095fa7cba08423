import { sql } from 'drizzle-orm'
import { type FieldIssue, required } from '#kernel/errors.ts'
import { type Constraint, constraint } from '#fields/definition/create-field.ts'
import type { Field, FieldDefinition, SettingsContext } from '#fields/definition/field-type.ts'
import type { OptionFaults } from '#fields/definition/options.ts'

/** Ids of this pattern are safe everywhere: they have no upper case and no characters of paths. */
const safePattern = '^[a-z0-9]+$'

/** In the order in which they are checked. */
const forbiddenCharacters = [...'./\\|"\'`<>:?*%$\0\t\n\r ']

const reservedNames = new Set([
  'CON',
  'PRN',
  'AUX',
  'NUL',
  ...Array.from({ length: 9 }, (_, index) => [`COM${index + 1}`, `LPT${index + 1}`]).flat(),
])

const keyChange: FieldIssue = {
  code: 'validation_pk_change',
  message: 'The record primary key cannot be changed.',
}

const duplicateKey: FieldIssue = {
  code: 'validation_pk_invalid',
  message: 'The record primary key is invalid or already exists.',
}

/**
 * Makes a text field the primary key: required on create, immutable afterwards. Ids with a custom
 * pattern must differ in more than case. Stored ids are not checked again.
 */
export function asPrimaryKey(field: Field, pattern: string): Field {
  return {
    ...field,
    column: {
      type: 'TEXT',
      default: "('r'||lower(hex(randomblob(7))))",
      isPrimaryKey: true,
    },
    validate(value, context) {
      if (!context.isNew) return value === context.recordId ? undefined : keyChange
      return value === '' ? required : field.validate(value, context)
    },
    checks(value, { isNew, table }) {
      if (!isNew || !('known' in value) || pattern === safePattern) return []
      const isTaken = sql`EXISTS (SELECT 1 FROM ${sql.identifier(table)} AS existing WHERE existing.${sql.identifier(field.name)} = ${value.known} COLLATE NOCASE)`
      return [{ violated: isTaken, issue: duplicateKey }]
    },
  }
}

/** Constraints for ids with a custom pattern, which may become parts of paths. */
export function primaryKeyConstraints(pattern: string): Constraint<string>[] {
  if (pattern === safePattern) return []
  return [
    ...forbiddenCharacters.map((ch) =>
      constraint<string>(
        {
          code: 'validation_forbidden_pk_character',
          message: `'${ch}' is not a valid primary key character.`,
          params: { ch },
        },
        (value) => value.includes(ch),
      ),
    ),
    { faultOf: reservedFault, checksOf: () => [] },
  ]
}

function reservedFault(value: string): FieldIssue | undefined {
  const reserved = value.toUpperCase()
  if (!reservedNames.has(reserved)) return undefined
  return {
    code: 'validation_reserved_pk',
    message: `The primary key '${reserved}' is reserved and cannot be used.`,
    params: { reserved },
  }
}

/** The issues of a primary key's definition. */
export function primaryKeyFaults(
  definition: FieldDefinition,
  { siblings }: SettingsContext,
): OptionFaults {
  const isOnly = siblings.filter((field) => field['primaryKey'] === true).length <= 1
  return {
    name:
      definition.name === 'id'
        ? undefined
        : {
            code: 'validation_in_invalid',
            message: 'The primary key must be named "id".',
          },
    primaryKey: isOnly
      ? undefined
      : {
          code: 'validation_unsupported_composite_pk',
          message: 'Composite PKs are not supported and the collection must have only 1 PK.',
        },
    hidden: definition.hidden ? { code: 'validation_empty', message: 'Must be blank.' } : undefined,
    required: definition.required === true ? undefined : required,
  }
}
