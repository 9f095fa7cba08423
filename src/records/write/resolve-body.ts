import { type SQL } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Field, FieldValue, ModifierKey } from '#fields/definition/field-type.ts'
import type { BodyValue } from '#filter/schema.ts'
import type { Upload } from '#http/body/upload.ts'
import { contentTypeOf } from '#go-compat/content-type/content-type.ts'
import { toTextList } from '#go-compat/casts.ts'
import type { UploadedFile } from '#fields/definition/field-type.ts'
import { storedName } from './stored-name.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** The submitted values of a record. */
export interface SubmittedBody {
  readonly data: Readonly<Record<string, unknown>>
  /** Uploaded files by body key. */
  readonly files: ReadonlyMap<string, readonly Upload[]>
}

/** A submitted body after modifiers and normalisation. */
export interface ResolvedBody {
  /** The new values of the fields it touches. */
  readonly values: ReadonlyMap<Field, FieldValue>
  /** `@request.body` in rules: the resolved values, and unknown keys unchanged. */
  readonly request: Readonly<Record<string, BodyValue>>
  /** The uploaded files. */
  readonly uploads: readonly FieldUpload[]
}

/** A file uploaded for a field. */
export interface FieldUpload extends UploadedFile {
  readonly field: Field
  readonly upload: Upload
}

/** Decides who may set hidden fields. */
interface Access {
  readonly isSuperuser: boolean
}

/**
 * Resolves a body against a blank record, or against the stored one, whose values are SQL.
 *
 * Shorter keys are applied first, so that `n` comes before `n+`. Values of hidden fields are
 * dropped unless a superuser sends them, except an account's password.
 */
export function resolveBody(
  collection: Collection,
  { data, files }: SubmittedBody,
  { isSuperuser }: Access,
  stored: (field: Field) => SQL | undefined,
): ResolvedBody {
  const values = new Map<Field, FieldValue>()
  const request = dictionary<BodyValue>()
  const isOpen = (field: Field): boolean =>
    isSuperuser || !field.hidden || (collection.auth !== undefined && field.name === 'password')

  const uploads = [...files].flatMap(([key, list]) => uploadsOf(collection, key, list, isOpen))
  const submitted = withNames(data, uploads)
  for (const key of Object.keys(submitted).toSorted((a, b) => a.length - b.length)) {
    const target = targetOf(collection, key)
    if (target === undefined) {
      request[key] = { known: submitted[key] }
      continue
    }
    const { field, modifier } = target
    if (!isOpen(field)) continue
    const value = modifier
      ? modifier(values.get(field) ?? base(field, stored(field)), submitted[key])
      : { known: field.normalise(submitted[key]) }
    request[field.name] = value
    if (field.acceptsInput) values.set(field, value)
  }
  return { values, request, uploads }
}

/** The files under a key: a field's name, possibly with a plus before or after it. */
function uploadsOf(
  collection: Collection,
  key: string,
  files: readonly Upload[],
  isOpen: (field: Field) => boolean,
): (FieldUpload & { readonly key: string })[] {
  const field = collection.field(key) ?? collection.field(key.replace(/^\+|\+$/, ''))
  if (field === undefined || !field.isFile || !isOpen(field)) return []
  return files.map((upload) => ({ key, ...uploadTo(field, upload) }))
}

/** A file as a field stores it: with its stored name and detected type. */
export function uploadTo(field: Field, upload: Upload): FieldUpload {
  return {
    field,
    upload,
    name: storedName(upload),
    originalName: upload.name,
    sizeBytes: upload.sizeBytes,
    contentType: contentTypeOf(upload.head),
  }
}

/**
 * The values of each key including the names of files: after the submitted names under a field's
 * own name, replacing the value under a modifier.
 */
function withNames(
  data: SubmittedBody['data'],
  uploads: readonly (Pick<FieldUpload, 'field' | 'name'> & { readonly key: string })[],
): SubmittedBody['data'] {
  if (uploads.length === 0) return data
  const names = Map.groupBy(uploads, ({ key }) => key)
  const merged = [...names].map(([key, sent]) => {
    const isPlain = sent[0]?.field.name === key
    const submitted = isPlain && Object.hasOwn(data, key) ? toTextList(data[key]) : []
    return [key, [...submitted, ...sent.map(({ name }) => name)]] as const
  })
  return { ...data, ...Object.fromEntries(merged) }
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

/** The field of a body key, and its modifier. */
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
