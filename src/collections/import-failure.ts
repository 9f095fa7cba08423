import { ApiError, type FieldIssue, isFieldIssue, type Issues } from '#kernel/errors.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { collectionErrors } from './errors.ts'

/** The error of an import that failed in the database or was malformed. */
export function importFailure(fault: string, cause?: unknown): ApiError {
  const message = `Failed to import the collections configuration. Raw error:\n${fault}`
  return refusal(message, cause)
}

/** The error of an import with an invalid definition. */
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

/**
 * Codes of the standard rules. PocketBase turns their messages into sentences only in a response.
 */
const standardCode =
  /^validation_(?:required|nil|nil_or_not_empty_required|empty|length_\w+|m(?:in|ax)_\w+_than_required|(?:not_)?in_invalid|match_invalid|is_\w+)$/

function wordsOf({ code, message }: FieldIssue): string {
  if (!standardCode.test(code)) return message
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '')
}
