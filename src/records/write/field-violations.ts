import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { CheckContext, Field, FieldValue } from '#fields/definition/field-type.ts'
import type { SQL } from 'drizzle-orm'
import type { FieldUpload } from './resolve-body.ts'
import type { CheckedIssue } from './violations.ts'

/** The record of a field's value. */
interface Subject {
  readonly collection: Collection
  readonly isNew: boolean
  readonly recordId: string | undefined
  stored(field: Field): SQL | undefined
}

/**
 * The issues of a record's values: found here for known values, and as conditions in the database
 * for others.
 */
export function fieldViolations(
  { catalog }: PlanContext,
  subject: Subject,
  values: ReadonlyMap<Field, FieldValue>,
  uploads: readonly FieldUpload[],
): CheckedIssue[] {
  const { collection, isNew, recordId } = subject
  return [...values].flatMap(([field, value]): CheckedIssue[] => {
    if ('known' in value) {
      const issue = field.validate(value.known, { isNew, recordId })
      if (issue !== undefined) return [{ field: field.name, issue, when: 'always' }]
    }
    const context: CheckContext = {
      isNew,
      recordId,
      stored: subject.stored(field),
      uploaded: uploads.filter((upload) => upload.field === field),
      table: collection.name,
      tableOf: (id) => catalog.collections.find(id)?.name,
    }
    return field
      .checks(value, context)
      .map(({ violated, issue }) => ({ field: field.name, issue, when: violated }))
  })
}
