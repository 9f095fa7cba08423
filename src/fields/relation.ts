import { sql } from 'drizzle-orm'
import { type FieldIssue, required } from '#kernel/errors.ts'
import { atLeast, issuesOf, firstIssue } from '#go-compat/validation-rules.ts'
import { type Constraint, constraint, createField } from '#fields/definition/create-field.ts'
import { type Decoded, defineFieldType } from '#fields/definition/define-field-type.ts'
import { oneOrMany } from '#fields/definition/field-shape.ts'
import type { DatabaseCheck, FieldValue, SettingsContext } from '#fields/definition/field-type.ts'
import {
  listOf,
  type MultiValue,
  multiValue,
  toColumn,
  valuesOf,
} from '#fields/values/multi-value.ts'
import { commonOptions, flag, integer, text } from '#fields/definition/options.ts'
import { countOf, maxCount } from '#fields/values/value-count.ts'

const options = {
  ...commonOptions,
  collectionId: text,
  cascadeDelete: flag,
  minSelect: integer,
  maxSelect: integer,
}

const missingCollection: FieldIssue = {
  code: 'validation_missing_rel_collection',
  message: 'Relation connection is missing or cannot be accessed.',
}

const missingRecords: FieldIssue = {
  code: 'validation_missing_rel_records',
  message: 'Failed to find all relation records with the provided ids.',
}

/**
 * The ids of one or many records of a collection. They must exist on every write, even if they were
 * stored before. No rule is checked.
 */
export const relationField = defineFieldType({
  type: 'relation',
  options,
  validateOptions: (definition, context) => {
    const { minSelect, maxSelect } = definition
    return issuesOf({
      collectionId: collectionFault(definition, context),
      minSelect: atLeast(0)(minSelect),
      maxSelect: minSelect > 0 && maxSelect === 0 ? required : atLeast(minSelect)(maxSelect),
    })
  },
  compile: (definition) => {
    const { minSelect, maxSelect, collectionId, cascadeDelete } = definition
    const behaviour = multiValue(maxSelect)
    const { isMultiple } = behaviour
    return createField<MultiValue>(definition, {
      ...behaviour,
      relatedCollectionId: collectionId,
      shape: (use) =>
        oneOrMany(
          isMultiple,
          { type: 'string' },
          use === 'read'
            ? {}
            : { ...(minSelect > 1 ? { minItems: minSelect } : {}), maxItems: maxSelect },
        ),
      cascadeDelete,
      constraints: [
        ...(minSelect > 1 ? [minCount(minSelect, isMultiple)] : []),
        ...maxCount(maxSelect),
      ],
      lookups: (value, context) => existence(value, isMultiple, context.tableOf(collectionId)),
    })
  },
})

/** For non-blank values, which have at least one id. */
function minCount(minSelect: number, isMultiple: boolean): Constraint<MultiValue> {
  return constraint(
    {
      code: 'validation_not_enough_values',
      message: `Select at least ${minSelect}.`,
      params: { minSelect },
    },
    (value) => listOf(value).length < minSelect,
    (value) => (isMultiple ? sql`${countOf(value)} < ${minSelect}` : sql`1`),
  )
}

function existence(
  value: FieldValue,
  isMultiple: boolean,
  table: string | undefined,
): DatabaseCheck[] {
  if (table === undefined) return [{ violated: sql`1`, issue: missingCollection }]
  const stored = 'sql' in value ? value.sql : sql`${toColumn(value.known as MultiValue)}`
  const ids = isMultiple ? valuesOf(stored) : sql`SELECT ${stored} AS value`
  return [
    {
      violated: sql`EXISTS (SELECT 1 FROM (${ids}) AS link WHERE NOT EXISTS (SELECT 1 FROM ${sql.identifier(table)} AS related WHERE related.id = link.value))`,
      issue: missingRecords,
    },
  ]
}

function collectionFault(
  { id, collectionId }: Decoded<typeof options>,
  { previous, collectionType, collection }: SettingsContext,
): FieldIssue | undefined {
  if (collectionId === '') return required
  const related = collection(collectionId)
  return firstIssue(
    collectionId,
    () => (isChanged(id, collectionId, previous) ? relationChanged : undefined),
    () => (related?.id === collectionId ? undefined : unknownCollection),
    () => (related?.type === 'view' && collectionType !== 'view' ? toView : undefined),
  )
}

function isChanged(
  id: string,
  collectionId: string,
  previous: SettingsContext['previous'],
): boolean {
  if (previous?.id !== id || previous.type !== 'relation') return false
  return previous['collectionId'] !== collectionId
}

const relationChanged: FieldIssue = {
  code: 'validation_field_relation_change',
  message: 'The relation collection cannot be changed.',
}

const unknownCollection: FieldIssue = {
  code: 'validation_field_relation_missing_collection',
  message: "The relation collection doesn't exist.",
}

const toView: FieldIssue = {
  code: 'validation_relation_field_non_view_base_collection',
  message: 'Only view collections are allowed to have relations to other views.',
}
