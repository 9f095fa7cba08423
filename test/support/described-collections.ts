import { compileCollections } from '#catalog/compile/compile.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { scaffold } from '#catalog/scaffolds.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { authFields, idField } from '#catalog/system-fields.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { defaultSettings } from '#settings/defaults.ts'
import type { SubmittedCollection } from './collections.ts'

type Field = Readonly<Record<string, unknown>> & { readonly name: string; readonly type: string }

/** A collection as clients send it, whose fields are known. */
export type DescribedCollection = SubmittedCollection & { readonly fields: readonly Field[] }

/** A catalog of the system's collections and some more, as the API would compile it. */
export function catalogOf(
  collections: readonly DescribedCollection[],
  access: 'superusers' | 'public' = 'superusers',
): Catalog {
  return {
    revision: 7,
    collections: compileCollections([...systemCollections, ...collections.map(definitionOf)]),
    settings: { ...defaultSettings, arete: { ...defaultSettings.arete, docs: { access } } },
    subscribers: new Map(),
    newerQueries: [],
  }
}

function definitionOf(submitted: DescribedCollection): CollectionDefinition {
  const { type = 'base', fields, name, id = `${name}_id`, ...rest } = submitted
  const { options, ...blank } = scaffold(type as 'base')
  const own = type === 'auth' ? authFields : []
  const { oauth2, otp, mfa, passwordAuth, security, ...common } = rest as Record<string, object>
  const ways = { oauth2, otp, mfa, passwordAuth, security }
  const changed = Object.entries(ways).flatMap(([key, change]) =>
    change === undefined
      ? []
      : [[key, { ...(options as Record<string, object>)[key], ...change }] as const],
  )
  return {
    ...blank,
    listRule: '',
    viewRule: '',
    ...(type === 'view' ? {} : { createRule: '', updateRule: '', deleteRule: '' }),
    ...common,
    id,
    name,
    fields: [idField, ...own, ...fields.map(completeField)],
    options: { ...options, ...Object.fromEntries(changed) },
  } as unknown as CollectionDefinition
}

function completeField(field: Field): FieldDefinition {
  return { id: `${field.name}_id`, system: false, hidden: false, presentable: false, ...field }
}

/** Posts with comments, an author and a hidden note; and a collection that only superusers know. */
export const blogCollections: readonly DescribedCollection[] = [
  {
    name: 'locked',
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
    fields: [{ type: 'text', name: 'treasure' }],
  },
  {
    name: 'posts',
    listRule: "author = @request.auth.id || status = 'open'",
    deleteRule: null,
    fields: [
      { type: 'text', name: 'title', required: true, min: 2, max: 40, help: 'For the front page' },
      { type: 'select', name: 'status', values: ['open', 'closed'], maxSelect: 1 },
      { type: 'number', name: 'views', onlyInt: true, min: 0 },
      { type: 'text', name: 'note', hidden: true },
      { type: 'relation', name: 'author', collectionId: '_pb_users_auth_', maxSelect: 1 },
      { type: 'relation', name: 'vault', collectionId: 'locked_id', maxSelect: 1 },
      { type: 'autodate', name: 'created', onCreate: true },
    ],
  },
  {
    name: 'comments',
    fields: [
      { type: 'text', name: 'text' },
      { type: 'relation', name: 'post', collectionId: 'posts_id', maxSelect: 1 },
    ],
  },
  {
    name: 'profiles',
    fields: [{ type: 'relation', name: 'post', collectionId: 'posts_id', maxSelect: 1 }],
    indexes: ['CREATE UNIQUE INDEX `idx_profile` ON `profiles` (`post`)'],
  },
]

/** A collection with a field of every type, single and multiple, with their constraints. */
export const everyField: DescribedCollection = {
  name: 'everything',
  fields: [
    { type: 'text', name: 'short', min: 2, max: 20, pattern: '^[a-z]+$' },
    { type: 'text', name: 'needed', required: true },
    { type: 'text', name: 'code', required: true, autogeneratePattern: '[a-z]{6}' },
    { type: 'editor', name: 'body' },
    { type: 'number', name: 'price', min: -10, max: 1000 },
    { type: 'number', name: 'count', onlyInt: true },
    { type: 'bool', name: 'isDone' },
    { type: 'email', name: 'contact' },
    { type: 'url', name: 'site' },
    { type: 'date', name: 'due' },
    { type: 'select', name: 'state', values: ['new', 'old', "it's"], maxSelect: 1 },
    { type: 'select', name: 'labels', values: ['a', 'b', 'c'], maxSelect: 2 },
    { type: 'json', name: 'extra' },
    { type: 'geoPoint', name: 'place' },
    { type: 'password', name: 'pin', min: 4, max: 12 },
    { type: 'file', name: 'picture', maxSelect: 1, mimeTypes: ['image/png'] },
    { type: 'file', name: 'papers', maxSelect: 3 },
    { type: 'relation', name: 'parent', collectionId: '_pb_users_auth_', maxSelect: 1 },
    { type: 'relation', name: 'friends', collectionId: '_pb_users_auth_', maxSelect: 5 },
    { type: 'autodate', name: 'created', onCreate: true },
    { type: 'autodate', name: 'updated', onCreate: true, onUpdate: true },
  ],
}

const provider = {
  name: 'oidc',
  clientId: 'x',
  clientSecret: 'the secret of the provider',
  authURL: 'https://provider.example.com/auth',
  tokenURL: 'https://provider.example.com/token',
  userInfoURL: 'https://provider.example.com/user',
}

/** Accounts that can sign in in every way. */
export const everySignIn: DescribedCollection = {
  name: 'members',
  type: 'auth',
  fields: [{ type: 'file', name: 'photo', maxSelect: 1, required: true }],
  oauth2: { enabled: true, providers: [provider] },
  otp: { enabled: true },
  mfa: { enabled: true },
  security: { totp: { enabled: true } },
}

/** Names that mean something to JavaScript, and fields whose names need quotes in TypeScript. */
export const oddNames: readonly DescribedCollection[] = [
  {
    name: 'constructor',
    fields: [
      { type: 'text', name: '__proto__' },
      { type: 'number', name: 'toString' },
      { type: 'select', name: 'valueOf', values: ['*/', '`', '${x}', "'"], maxSelect: 1 },
    ],
  },
  { name: 'posts_create', fields: [{ type: 'text', name: 'default' }] },
]

/** A hundred collections. Each refers to the one before. */
export const hundredCollections: readonly DescribedCollection[] = Array.from(
  { length: 100 },
  (_, index) => ({
    name: `collection_${index}`,
    fields: [
      ...Array.from({ length: 20 }, (__, field) => ({ type: 'text', name: `field_${field}` })),
      {
        type: 'relation',
        name: 'previous',
        collectionId: `collection_${Math.max(index - 1, 0)}_id`,
        maxSelect: 1,
      },
    ],
  }),
)
