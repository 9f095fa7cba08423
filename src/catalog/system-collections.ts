/*
 * The collections every deployment starts with. Their secrets are empty here: the migration that
 * creates them generates new ones in the database, so that no two deployments share one.
 */
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import type { CollectionDefinition, CommonDefinition } from './definition.ts'
import { authIndexes, defaultAuthOptions } from './scaffolds.ts'
import {
  authFields,
  autodateField,
  fileField,
  idField,
  passwordField,
  textField,
} from './system-fields.ts'

const ownerRule =
  "@request.auth.id != '' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId"

const system = { system: true }

function timestamps(options: { readonly system: boolean }): FieldDefinition[] {
  return [
    autodateField('created', { ...options, onCreate: true }),
    autodateField('updated', { ...options, onCreate: true, onUpdate: true }),
  ]
}

/** The common part of the collections whose records belong to an account. */
function accountCollection(
  definition: Pick<CommonDefinition, 'id' | 'name' | 'fields' | 'indexes' | 'deleteRule'>,
): CollectionDefinition {
  return {
    ...definition,
    type: 'base',
    system: true,
    listRule: ownerRule,
    viewRule: ownerRule,
    createRule: null,
    updateRule: null,
    fields: [
      idField,
      textField('collectionRef', { required: true, ...system }),
      textField('recordRef', { required: true, ...system }),
      ...definition.fields,
      ...timestamps(system),
    ],
    created: '',
    updated: '',
    options: {},
  }
}

const mfas = accountCollection({
  id: 'pbc_2279338944',
  name: '_mfas',
  deleteRule: null,
  fields: [textField('method', { required: true, ...system })],
  indexes: ['CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `_mfas` (collectionRef,recordRef)'],
})

const otps = accountCollection({
  id: 'pbc_1638494021',
  name: '_otps',
  deleteRule: null,
  fields: [
    passwordField('password', { cost: 8, hidden: true, required: true, ...system }),
    textField('sentTo', { hidden: true, ...system }),
  ],
  indexes: [
    'CREATE INDEX `idx_otps_collectionRef_recordRef` ON `_otps` (collectionRef, recordRef)',
  ],
})

const externalAuths = accountCollection({
  id: 'pbc_2281828961',
  name: '_externalAuths',
  deleteRule: ownerRule,
  fields: [
    textField('provider', { required: true, ...system }),
    textField('providerId', { required: true, ...system }),
  ],
  indexes: [
    'CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `_externalAuths` (collectionRef, recordRef, provider)',
    'CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `_externalAuths` (collectionRef, provider, providerId)',
  ],
})

const authOrigins = accountCollection({
  id: 'pbc_4275539003',
  name: '_authOrigins',
  deleteRule: ownerRule,
  fields: [textField('fingerprint', { required: true, ...system })],
  indexes: [
    'CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `_authOrigins` (collectionRef, recordRef, fingerprint)',
  ],
})

const accountOptions = defaultAuthOptions(() => '')

const superusers: CollectionDefinition = {
  id: 'pbc_3142635823',
  name: '_superusers',
  type: 'auth',
  system: true,
  listRule: null,
  viewRule: null,
  createRule: null,
  updateRule: null,
  deleteRule: null,
  fields: [idField, ...authFields, ...timestamps(system)],
  indexes: authIndexes('pbc_3142635823', '_superusers'),
  created: '',
  updated: '',
  options: { ...accountOptions, authToken: { secret: '', duration: 24 * 60 * 60 } },
}

const users: CollectionDefinition = {
  id: '_pb_users_auth_',
  name: 'users',
  type: 'auth',
  system: false,
  listRule: 'id = @request.auth.id',
  viewRule: 'id = @request.auth.id',
  createRule: '',
  updateRule: 'id = @request.auth.id',
  deleteRule: 'id = @request.auth.id',
  fields: [
    idField,
    ...authFields,
    textField('name', { max: 255 }),
    fileField('avatar', {
      maxSelect: 1,
      mimeTypes: ['image/jpeg', 'image/png', 'image/svg+xml', 'image/gif', 'image/webp'],
    }),
    ...timestamps({ system: false }),
  ],
  indexes: authIndexes('_pb_users_auth_', 'users'),
  created: '',
  updated: '',
  options: {
    ...accountOptions,
    oauth2: {
      ...accountOptions.oauth2,
      mappedFields: { id: '', name: 'name', username: '', avatarURL: 'avatar' },
    },
  },
}

/** The names of the collections whose records belong to an account of some auth collection. */
export const accountCollections: readonly string[] = [mfas, otps, externalAuths, authOrigins].map(
  ({ name }) => name,
)

/** The tables whose rows belong to an account. */
export const accountTables: readonly string[] = [
  ...accountCollections,
  '_totps',
  '_recovery_codes',
  '_account_states',
  '_session_slots',
]

/** The id of the superusers collection. */
export const superusersId = superusers.id

/** True for the collection of superusers. */
export function isSuperusers({ id }: Pick<CommonDefinition, 'id'>): boolean {
  return id === superusersId
}

/** The collections of an empty deployment, in the order of their creation. */
export const systemCollections: readonly CollectionDefinition[] = [
  mfas,
  otps,
  externalAuths,
  authOrigins,
  superusers,
  users,
]
