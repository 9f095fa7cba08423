import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { fieldTypes } from '#fields/registry.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import { authOptionsSchema, viewOptionsSchema } from '#catalog/auth-options.ts'
import {
  defaultSecurity,
  submittedSecurity,
  withDefaultsForNull,
} from '#catalog/security-options.ts'
import { decodeOver, zeroOf } from './decode-over.ts'
import {
  type AuthOptions,
  type CollectionDefinition,
  type CollectionType,
  collectionTypes,
  type CommonDefinition,
  type ProviderOptions,
  type ViewOptions,
} from '#catalog/definition.ts'
import { fieldList } from './field-list.ts'

const rule = lazy(() => z.string().nullable())

const commonSchema = lazy(() =>
  z.object({
    id: z.string(),
    system: z.boolean(),
    name: z.string(),
    type: z.string(),
    listRule: rule(),
    viewRule: rule(),
    createRule: rule(),
    updateRule: rule(),
    deleteRule: rule(),
    indexes: z.array(z.string()),
    created: z.string(),
    updated: z.string(),
  }),
)

const commonFieldSchema = lazy(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    system: z.boolean(),
    hidden: z.boolean(),
    presentable: z.boolean(),
  }),
)

/** The options of all collection types. Fields are decoded by their types. */
export const collectionBodyShape = lazy(() =>
  z.object({
    ...commonSchema().shape,
    ...authOptionsSchema().shape,
    ...viewOptionsSchema().shape,
    security: submittedSecurity(),
    fields: z.array(z.unknown()),
  }),
)

/** The options that a collection gets when it becomes an auth collection: PocketBase's are blank. */
const blankAuthOptions = lazy(() => ({
  ...zeroOf(authOptionsSchema()),
  security: defaultSecurity,
}))

/** A definition decoded from a body, before any validation. */
export interface DecodedDefinition {
  readonly definition: CollectionDefinition
  /** The requested type. If it is invalid, the definition has the stored type. */
  readonly type: string
}

/**
 * Decodes a body over a stored definition or a scaffold: missing keys keep their values, objects
 * merge, `fields` is replaced as a whole. Options of other types are decoded and dropped.
 *
 * @throws {z.ZodError} For a value of the wrong JSON type, or a field of an unknown type.
 */
export function decodeDefinition(
  stored: CollectionDefinition,
  submitted: Readonly<Record<string, unknown>>,
): DecodedDefinition {
  const { type: requested, ...decoded } = decodeOver(commonSchema(), stored, submitted)
  const auth = stored.type === 'auth' ? stored.options : blankAuthOptions()
  const view = stored.type === 'view' ? stored.options : zeroOf(viewOptionsSchema())
  const given = Object.hasOwn(submitted, 'security')
    ? { ...submitted, security: withDefaultsForNull(submitted['security']) }
    : submitted
  const options = {
    auth: withOwnSecrets(decodeOver(authOptionsSchema(), auth, given), auth, submitted),
    view: decodeOver(viewOptionsSchema(), view, submitted),
  }

  const type = requested || 'base'
  const common: CommonDefinition = {
    ...decoded,
    created: parseDate(decoded.created),
    fields: decodeFields(stored.fields, submitted['fields']),
  }
  return {
    definition: withOptions(isCollectionType(type) ? type : stored.type, common, options),
    type,
  }
}

/**
 * Restores the secrets of providers that were sent without one, by client and URLs, anywhere in the
 * list. A secret never moves to another provider or URL, because anyone able to change one could
 * have the secret sent there.
 */
function withOwnSecrets(
  decoded: AuthOptions,
  stored: AuthOptions,
  submitted: Readonly<Record<string, unknown>>,
): AuthOptions {
  const sent = sentProviders().safeParse(submitted).data?.oauth2?.providers
  if (sent === undefined) return decoded
  const providers = decoded.oauth2.providers.map((provider, at) => {
    if (typeof sent[at]?.clientSecret === 'string') return provider
    const own = stored.oauth2.providers.find((candidate) => isSameClient(candidate, provider))
    return { ...provider, clientSecret: own?.clientSecret ?? '' }
  })
  return { ...decoded, oauth2: { ...decoded.oauth2, providers } }
}

const sentProviders = lazy(() =>
  z.object({
    oauth2: z
      .object({ providers: z.array(z.object({ clientSecret: z.unknown().optional() })).optional() })
      .optional(),
  }),
)

function isSameClient(a: ProviderOptions, b: ProviderOptions): boolean {
  const keys = ['name', 'clientId', 'authURL', 'tokenURL', 'userInfoURL'] as const
  return keys.every((key) => a[key] === b[key])
}

/** True for a valid collection type. */
export function isCollectionType(type: unknown): type is CollectionType {
  return collectionTypes.some((known) => known === type)
}

function withOptions(
  type: CollectionType,
  common: CommonDefinition,
  options: { readonly auth: AuthOptions; readonly view: ViewOptions },
): CollectionDefinition {
  if (type === 'base') return { ...common, type, options: {} }
  if (type === 'auth') return { ...common, type, options: options.auth }
  return { ...common, type, options: options.view }
}

function decodeFields(stored: readonly FieldDefinition[], submitted: unknown): FieldDefinition[] {
  if (submitted === undefined) return [...stored]
  return decodeFieldList(z.array(z.unknown()).parse(submitted ?? []))
}

/**
 * Decodes the list of a collection's fields. Each starts blank: missing options are zero, whatever
 * is stored.
 *
 * @throws {z.ZodError} For a value of the wrong JSON type, or a field of an unknown type.
 */
export function decodeFieldList(submitted: readonly unknown[]): FieldDefinition[] {
  return fieldList(submitted.map(decodeField))
}

const typedSchema = lazy(() =>
  z.looseObject({}).refine(({ type }) => fieldTypes.has(String(type)), {
    error: ({ input }) => `missing or unknown field type in ${JSON.stringify(input)}`,
  }),
)

function decodeField(submitted: unknown): FieldDefinition {
  const members = typedSchema().parse(submitted)
  const type = String(members['type'])
  const options = fieldTypes.get(type)?.options().parse(members)
  const common = decodeOver(commonFieldSchema(), zeroOf(commonFieldSchema()), members)
  return { ...options, ...common, type }
}
