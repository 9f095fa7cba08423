import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Field, FieldValue } from '#fields/definition/field-type.ts'
import type { ErrorSpec } from '#kernel/errors.ts'
import { randomString } from '#kernel/random.ts'
import { fieldViolations } from './field-violations.ts'
import { columnOf } from '#records/identifiers.ts'
import type { WriteBuilder, WriteContext } from './record-write.ts'
import { addUpdate, nextValues } from './apply-update.ts'
import type { CheckedIssue } from './violations.ts'
import { weakPassword } from './weak-password.ts'

/** The change of an account whose owner is authenticated. */
export interface AccountChange {
  readonly collection: Collection
  readonly id: string
  /** New values by field name: `email`, `password` in plain text, `verified`. */
  readonly values: Readonly<Record<string, unknown>>
  /** Further values of the account, which its new password must not repeat. */
  readonly identity?: readonly string[]
  /** True to replace the password with a random one, regardless of the field's rules. */
  readonly randomizesPassword?: boolean
}

const unknownPasswordLength = 30

/**
 * Adds a change of an account by the server itself, with all its effects. Rules do not apply, but
 * every field is validated as in any update; issues fail with `refusal`. Without `refusal` nothing
 * is validated, because the server's values are valid and the others do not change.
 */
export async function addAccountChange(
  plan: WriteBuilder,
  context: WriteContext,
  { collection, id, values, identity, randomizesPassword }: AccountChange,
  refusal?: ErrorSpec,
): Promise<void> {
  const given = knownValues(collection, values)
  if (refusal !== undefined) {
    const violations = [
      ...valueViolations(context, { collection, id }, given),
      ...(await weakPassword(context, collection, given, identity)),
    ]
    const from = sql`FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
    plan.check('fields', violations, refusal, from)
    if (violations.some(({ when }) => when === 'always')) return
  }

  const unknown = randomizesPassword ? { password: randomString(unknownPasswordLength) } : {}
  const submitted = new Map([...given, ...knownValues(collection, unknown)])
  const written = nextValues(collection, submitted, context.now)
  await addUpdate(plan, context, { collection, id, submitted, values: written })
}

function valueViolations(
  context: WriteContext,
  { collection, id }: Pick<AccountChange, 'collection' | 'id'>,
  given: ReadonlyMap<Field, FieldValue>,
): CheckedIssue[] {
  const subject = {
    collection,
    isNew: false,
    recordId: id,
    stored: (field: Field) => columnOf(collection.name, field.name),
  }
  const judged = nextValues(collection, given, context.now)
  return fieldViolations(context, subject, judged, [])
}

function knownValues(
  collection: Collection,
  values: Readonly<Record<string, unknown>>,
): Map<Field, FieldValue> {
  const known = new Map<Field, FieldValue>()
  for (const [name, value] of Object.entries(values)) {
    const field = collection.field(name)
    if (field !== undefined) known.set(field, { known: field.normalise(value) })
  }
  return known
}
