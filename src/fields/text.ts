import { sql } from 'drizzle-orm'
import { toText } from '#go-compat/casts.ts'
import { type FieldIssue, type Issues, required } from '#kernel/errors.ts'
import { lazy } from '#kernel/lazy.ts'
import { PatternError } from '#go-compat/pattern/pattern.ts'
import { createSampler } from '#go-compat/pattern/pattern-sampler.ts'
import { issuesOf, firstIssue } from '#go-compat/validation-rules.ts'
import { type Constraint, constraint, createField } from '#fields/definition/create-field.ts'
import { type Decoded, defineFieldType } from '#fields/definition/define-field-type.ts'
import { textLimits } from '#fields/definition/field-shape.ts'
import type { Field, FieldValue, SettingsContext } from '#fields/definition/field-type.ts'
import {
  commonOptions,
  flag,
  integer,
  patternFault,
  sizeFault,
  text,
} from '#fields/definition/options.ts'
import { asPrimaryKey, primaryKeyConstraints, primaryKeyFaults } from './primary-key.ts'
import {
  patternConstraints,
  storedTextLength,
  textLength,
  textValue,
} from '#fields/values/text-value.ts'

const options = {
  ...commonOptions,
  min: integer,
  max: integer,
  pattern: text,
  autogeneratePattern: text,
  primaryKey: flag,
}

type TextDefinition = Decoded<typeof options>

const defaultMax = 5000

/** A string, counted in code points. It can be the primary key, and the server can generate it. */
export const textField = defineFieldType({ type: 'text', options, validateOptions, compile })

function compile(definition: TextDefinition): Field {
  const generate = generator(definition.autogeneratePattern)
  const max = definition.max || defaultMax
  const field = createField<string>(definition, {
    ...textValue,
    shape: (use) => ({
      type: 'string',
      ...(use === 'read' ? {} : textLimits(definition.min, max, definition.pattern)),
    }),
    constraints: [
      ...(definition.min > 0 ? [minLength(definition.min)] : []),
      maxLength(max),
      ...patternConstraints(definition.pattern),
      ...(definition.primaryKey ? primaryKeyConstraints(definition.pattern) : []),
    ],
    modifiers: {
      'key:autogenerate': (_current, operand) => ({ known: toText(operand) + generate() }),
    },
    fill: (event, value) => (event === 'create' && isBlank(value) && generate()) || undefined,
  })
  return definition.primaryKey ? asPrimaryKey(field, definition.pattern) : field
}

function isBlank(value: FieldValue): boolean {
  return 'known' in value && value.known === ''
}

function generator(pattern: string): () => string {
  const sampler = lazy(() => createSampler(pattern))
  return () => (pattern === '' ? '' : sampler()())
}

function minLength(min: number): Constraint<string> {
  return constraint(
    {
      code: 'validation_min_text_constraint',
      message: `Must be at least ${min} character(s).`,
      params: { min },
    },
    (value) => textLength(value) < min,
    (value) => sql`${storedTextLength(value)} < ${min}`,
  )
}

function maxLength(max: number): Constraint<string> {
  return constraint(
    {
      code: 'validation_max_text_constraint',
      message: `Must be no more than ${max} character(s).`,
      params: { max },
    },
    (value) => textLength(value) > max,
    (value) => sql`${storedTextLength(value)} > ${max}`,
  )
}

function validateOptions(definition: TextDefinition, context: SettingsContext): Issues {
  const { min, max, pattern, primaryKey } = definition
  return issuesOf({
    min: sizeFault(min),
    max: sizeFault(max, min),
    pattern: primaryKey && pattern === '' ? required : patternFault(pattern),
    autogeneratePattern: autogenerateFault(definition),
    ...(primaryKey ? primaryKeyFaults(definition, context) : {}),
  })
}

const sampleCount = 10

function autogenerateFault(definition: TextDefinition): FieldIssue | undefined {
  const { autogeneratePattern } = definition
  if (autogeneratePattern === '') return undefined
  return firstIssue(
    autogeneratePattern,
    () => patternFault(autogeneratePattern),
    () => samplesFault(definition),
  )
}

/**
 * Generates a few values: if the field rejects values of its own pattern, creating records would
 * fail.
 */
function samplesFault(definition: TextDefinition): FieldIssue | undefined {
  try {
    const sampler = createSampler(definition.autogeneratePattern)
    const field = patternFault(definition.pattern) === undefined ? compile(definition) : undefined
    for (let count = 0; count < sampleCount; count++) {
      const sample = sampler()
      const fault = field?.validate(sample, { isNew: true, recordId: undefined })
      if (field === undefined || fault !== undefined) return invalidSample(sample)
    }
    return undefined
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return { code: 'validation_invalid_autogenerate_pattern', message: error.message }
  }
}

function invalidSample(sample: string): FieldIssue {
  return {
    code: 'validation_invalid_autogenerate_pattern_value',
    message: `The provided autogenerate pattern could produce invalid field values, ex.: ${JSON.stringify(sample)}.`,
  }
}
