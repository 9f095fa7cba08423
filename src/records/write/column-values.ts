import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { ColumnValue, Field, FieldValue } from '#fields/definition/field-type.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'

/** A value for its column: bound, or an expression. Passwords become their hash. */
export async function columnValue(
  passwords: PasswordHasher,
  field: Field,
  value: FieldValue,
): Promise<SQL> {
  if ('sql' in value) return value.sql
  return sql`${await columnContent(passwords, field, value.known)}`
}

/** A known value for its column. A password becomes its hash, which takes a while. */
export function columnContent(
  passwords: PasswordHasher,
  field: Field,
  known: unknown,
): ColumnValue | Promise<ColumnValue> {
  if (!field.isHashed || typeof known !== 'string' || known === '') return field.toColumn(known)
  return passwords.hash(known).then((hash) => field.toColumn(hash))
}

/** A value by its field's name, if it is known before the batch runs. */
export function knownValue(
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
  name: string,
): unknown {
  const field = collection.field(name)
  const value = field && values.get(field)
  return value && 'known' in value ? value.known : undefined
}
