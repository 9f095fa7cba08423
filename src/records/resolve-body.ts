import { type SQL } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import type { Field, FieldValue, ModifierKey } from '#fields/field-type.ts'
import type { BodyValue } from '#filter/schema.ts'

/** What a request submits for a record. */
export interface SubmittedBody {
  readonly data: Readonly<Record<string, unknown>>
  /** Uploaded files by body key. */
  readonly files: ReadonlyMap<string, readonly File[]>
}

/** A submitted body after modifiers and normalisation. */
export interface ResolvedBody {
  /** The new values of the fields it touches. */
  readonly values: ReadonlyMap<Field, FieldValue>
  /** What rules see as `@request.body`: the resolved values, and unknown keys as they came. */
  readonly request: Readonly<Record<string, BodyValue>>
  /** The fields it sends files for. */
  readonly uploads: ReadonlySet<Field>
}

/** Who may set hidden fields. */
interface Access {
  readonly isSuperuser: boolean
}

/**
 * Resolves a body against a blank record, or against the stored one, whose values are SQL.
 *
 * Keys are applied shorter ones first, so that `n` comes before `n+`. Input for hidden fields is
 * dropped unless a superuser sends it; the password of an account is the exception.
 */
export function resolveBody(
  collection: Collection,
  { data, files }: SubmittedBody,
  { isSuperuser }: Access,
  stored: (field: Field) => SQL | undefined,
): ResolvedBody {
  const values = new Map<Field, FieldValue>()
  const request: Record<string, BodyValue> = Object.create(null) as Record<string, BodyValue>
  const isOpen = (field: Field): boolean =>
    isSuperuser || !field.hidden || (collection.auth !== undefined && field.name === 'password')

  for (const key of Object.keys(data).toSorted((a, b) => a.length - b.length)) {
    const target = targetOf(collection, key)
    if (target === undefined) {
      request[key] = { known: data[key] }
      continue
    }
    const { field, modifier } = target
    if (!isOpen(field)) continue
    const value = modifier
      ? modifier(values.get(field) ?? base(field, stored(field)), data[key])
      : { known: field.normalise(data[key]) }
    request[field.name] = value
    if (field.acceptsInput) values.set(field, value)
  }

  const uploads = [...files.keys()]
    .map((key) => collection.field(key.replace(/^\+|[+-]$/g, '')))
    .filter((field) => field !== undefined && field.isFile && isOpen(field))
  return { values, request, uploads: new Set(uploads as Field[]) }
}

function base(field: Field, stored: SQL | undefined): FieldValue {
  return stored === undefined ? { known: field.zero } : { sql: stored }
}

const modifierKeys: readonly [RegExp, ModifierKey][] = [
  [/^\+(\w+)$/, '+key'],
  [/^(\w+)\+$/, 'key+'],
  [/^(\w+)-$/, 'key-'],
  [/^(\w+):autogenerate$/, 'key:autogenerate'],
]

/** The field a body key means, and how the key changes it. */
function targetOf(
  collection: Collection,
  key: string,
): { field: Field; modifier: Field['modifiers'][ModifierKey] } | undefined {
  const plain = collection.field(key)
  if (plain !== undefined) return { field: plain, modifier: undefined }

  for (const [pattern, modifierKey] of modifierKeys) {
    const field = collection.field(pattern.exec(key)?.[1] ?? '')
    const modifier = field?.modifiers[modifierKey]
    if (field && modifier) return { field, modifier }
  }
  return undefined
}
