import type { FieldIssue } from '#kernel/errors.ts'
import { firstFault, length, matches, required } from '#kernel/validation-rules.ts'
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

/** What is wrong with the name of a field. */
export function fieldNameFault(name: string): FieldIssue | undefined {
  const isAllowed = () =>
    forbiddenNames.includes(name) ? definitionIssues.forbiddenValue : undefined
  return firstFault(name, required, length(1, 100), matches(/^\w+$/), isAllowed, hasNoVia)
}
