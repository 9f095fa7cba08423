import { ApiError, type FieldIssue, isFieldIssue, type Issues } from '#kernel/errors.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { collectionErrors } from './errors.ts'

/** The refusal of an import that the database, or the form of the document, made impossible. */
export function importFailure(fault: string, cause?: unknown): ApiError {
  const message = `Failed to import the collections configuration. Raw error:\n${fault}`
  return refusal(message, cause)
}

/** The refusal of an import with a definition that is not valid. */
export function invalidImport({ name, id }: CollectionDefinition, issues: Issues): ApiError {
  const found = JSON.stringify(messagesOf(issues), null, 2)
  return refusal(
    `Data validations failed for collection ${JSON.stringify(name)} (${id}):\n${found}`,
  )
}

function refusal(message: string, cause?: unknown): ApiError {
  const collections = { code: 'validation_collections_import_failure', message }
  return new ApiError(collectionErrors.importFailed, { issues: { collections }, cause })
}

/** The message of each key, in alphabetical order. */
function messagesOf(issues: Issues): Record<string, unknown> {
  const entries = Object.entries(issues).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([key, node]) => [key, isFieldIssue(node) ? wordsOf(node) : messagesOf(node)]),
  )
}

/** The codes of the standard rules, whose words PocketBase makes a sentence only in an answer. */
const standardCode =
  /^validation_(?:required|nil|nil_or_not_empty_required|empty|length_\w+|m(?:in|ax)_\w+_than_required|(?:not_)?in_invalid|match_invalid|is_\w+)$/

function wordsOf({ code, message }: FieldIssue): string {
  if (!standardCode.test(code)) return message
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '')
}
