/*
 * The format of collections in PocketBase 0.22 and older: fields in `schema`, each with a separate
 * `options` object, options of the collection in `options`, no system fields, and `@request.data`
 * in rules. Files in this format are common, so an import converts them, as PocketBase 0.23 did
 * with its own database.
 */
import * as z from 'zod'
import { recordRules } from '#filter/syntax/rule-names.ts'
import { lazy } from '#kernel/lazy.ts'
import { namedValues } from '#kernel/named-values.ts'
import type { CollectionBody } from './draft-definition.ts'
import { authFields, autodateField, textField } from '#catalog/system-fields.ts'

const record = lazy(() => namedValues(z.unknown()))
const legacyShape = lazy(() =>
  z.object({
    schema: z.array(record()),
    options: record()
      .nullish()
      .transform((options) => options ?? {}),
    indexes: z
      .array(z.string())
      .nullish()
      .transform((indexes) => indexes ?? []),
  }),
)

type Legacy = z.output<ReturnType<typeof legacyShape>>
type Options = Readonly<Record<string, unknown>>

/** Returns true if a collection is in the format of PocketBase 0.22 or older. */
export function isLegacy({ schema, fields }: CollectionBody): boolean {
  return Array.isArray(schema) && (fields ?? null) === null
}

/**
 * Converts a collection of PocketBase 0.22 or older.
 *
 * @throws {z.ZodError} If the schema, the options or the indexes have another JSON type.
 */
export function fromLegacy(body: CollectionBody): CollectionBody {
  const legacy = legacyShape().parse(body)
  const { schema: _, options: __, ...rest } = body
  const common = { ...rest, ...convertedRules(rest) }
  if (body['type'] === 'view') return { ...common, viewQuery: legacy.options['query'] ?? '' }

  const fields = legacy.schema.map(convertedField)
  const unique = legacy.schema.filter((field) => field['unique'] === true)
  const indexes = [...legacy.indexes, ...unique.map((field) => uniqueIndex(body, field))]
  const dates = [
    autodateField('created', { onCreate: true }),
    autodateField('updated', { onCreate: true, onUpdate: true }),
  ]
  return body['type'] === 'auth'
    ? { ...common, ...convertedAuth(body, legacy, { fields, dates, indexes }) }
    : { ...common, fields: [...fields, ...dates], indexes }
}

/** The old format has no `authRule`. */
const rules: readonly string[] = [...recordRules, 'manageRule']

function convertedRules(body: CollectionBody): Options {
  const texts = Object.entries(body).filter(([name]) => rules.includes(name))
  return Object.fromEntries(texts.map(([name, rule]) => [name, convertedRule(rule)]))
}

function convertedRule(rule: unknown): unknown {
  return typeof rule === 'string' ? rule.replaceAll(/@request\.data\b/g, '@request.body') : rule
}

/** Renamed options. */
const renamed: Readonly<Record<string, string>> = {
  noDecimal: 'onlyInt',
  convertUrls: 'convertURLs',
}
/** The limit of an unlimited relation. */
const unlimited = 2 ** 31 - 1

function convertedField({ options, unique: _, ...field }: Options): Options {
  const own = record().safeParse(options).data ?? {}
  const entries = Object.entries(own).map(([name, value]) => [renamed[name] ?? name, value])
  const converted = { ...Object.fromEntries(entries), ...field }
  const isRelation = field['type'] === 'relation'
  return isRelation && !(Number(own['maxSelect'] ?? 0) > 0)
    ? { ...converted, maxSelect: unlimited }
    : converted
}

/** Before 0.14, uniqueness was an option of the field. */
function uniqueIndex({ name }: CollectionBody, field: Options): string {
  const id = String(field['id'] ?? field['name'])
  return `CREATE UNIQUE INDEX \`idx_unique_${id}\` ON \`${String(name)}\` (\`${String(field['name'])}\`)`
}

function convertedAuth(
  { id, name }: CollectionBody,
  { options }: Legacy,
  {
    fields,
    dates,
    indexes,
  }: {
    readonly fields: readonly Options[]
    readonly dates: readonly Options[]
    readonly indexes: readonly string[]
  },
): Options {
  const own: Readonly<Record<string, Options>> = {
    password: { min: options['minPasswordLength'] },
    email: {
      required: options['requireEmail'] === true,
      exceptDomains: options['exceptEmailDomains'],
      onlyDomains: options['onlyEmailDomains'],
    },
  }
  const username = textField('username', {
    autogeneratePattern: 'users[0-9]{6}',
    max: 150,
    min: 3,
    pattern: '^[\\w][\\w\\.\\-]*$',
    required: true,
  })
  const identityFields = [
    ...(options['allowEmailAuth'] === true ? ['email'] : []),
    ...(options['allowUsernameAuth'] === true ? ['username'] : []),
  ]
  const system = authFields.map((field) => ({ ...field, ...own[field.name] }))
  return {
    fields: [...system, username, ...fields, ...dates],
    indexes: [
      `CREATE UNIQUE INDEX \`_${String(id || name)}_username_idx\` ON \`${String(name)}\` (username COLLATE NOCASE)`,
      ...indexes,
    ],
    authRule: options['onlyVerified'] === true ? 'verified=true' : '',
    manageRule: convertedRule(options['manageRule'] || null),
    passwordAuth: { enabled: identityFields.length > 0, identityFields },
    oauth2: {
      mappedFields: { username: 'username' },
      ...(options['allowOAuth2Auth'] === false ? { enabled: false } : {}),
    },
  }
}
