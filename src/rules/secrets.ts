import type { CollectionSet } from '#catalog/collection.ts'
import type { InspectedSide } from '#filter/inspect.ts'
import type { Operand } from '#filter/syntax/ast.ts'
import type { FieldPlace } from '#filter/resolve/path.ts'

/** Shown instead of a secret. */
export const masked = '***'

const passwordKeys = new Set(['password', 'passwordConfirm', 'oldPassword'])

/** True if the value of a side is masked: a secret, or a submitted password. It is not selected. */
export function isMaskedSide(
  operand: Operand,
  side: InspectedSide,
  collections: CollectionSet,
): boolean {
  return readsSecret(operand, side, collections) || namesPassword(operand)
}

/**
 * True if a side of a comparison reads a secret: a password, a token key, or another hidden column
 * of the system.
 */
export function readsSecret(
  operand: Operand,
  { fields }: InspectedSide,
  collections: CollectionSet,
): boolean {
  if (operand.kind === 'identifier' && /^@request\.\w+\.\w+:isset$/.test(operand.name)) return false
  return fields.some((place) => isSecretField(place, collections))
}

function isSecretField({ collection, field }: FieldPlace, collections: CollectionSet): boolean {
  const found = collections.find(collection.id)?.field(field)
  return found !== undefined && (found.isHashed || (found.hidden && found.definition.system))
}

function namesPassword(operand: Operand): boolean {
  if (operand.kind === 'function') return operand.args.some(namesPassword)
  if (operand.kind !== 'identifier') return false
  const [, source, key = ''] = operand.name.split('.')
  const isSubmitted = operand.name.startsWith('@request.') && source === 'body'
  const isToken = source === 'headers' && key.startsWith('authorization')
  return isToken || (isSubmitted && passwordKeys.has(key.split(':')[0] ?? ''))
}
