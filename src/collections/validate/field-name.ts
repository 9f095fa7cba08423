import type { FieldIssue } from '#kernel/errors.ts'
import { firstIssue, length, matches, required } from '#go-compat/validation-rules.ts'
import { hasNoVia } from './definition-check.ts'
import { definitionIssues } from './issues.ts'

const forbiddenNames = [
  'null',
  'true',
  'false',
  '_rowid_',
  'collectionId',
  'collectionName',
  'expand',
]

/** The issue of a field's name, if there is one. */
export function fieldNameFault(name: string): FieldIssue | undefined {
  const isAllowed = () =>
    forbiddenNames.includes(name) ? definitionIssues.forbiddenValue : undefined
  return firstIssue(name, required, length(1, 100), matches(/^\w+$/), isAllowed, hasNoVia)
}
