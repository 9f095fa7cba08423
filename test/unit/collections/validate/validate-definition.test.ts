import { describe, it } from 'vitest'
import { blankDefinition, completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { validateDefinition } from '#collections/validate/validate-definition.ts'
import { isFieldIssue, type Issues } from '#kernel/errors.ts'

type Body = Readonly<Record<string, unknown>>

const now = new Date('2024-05-06T07:08:09.010Z')

function make(type: 'base' | 'auth' | 'view', body: Body): CollectionDefinition {
  const blank = blankDefinition(type, typeof body['name'] === 'string' ? body['name'] : '')
  return completeNew(decodeDefinition(blank, body).definition, { isTaken: () => false, now })
}

const title = { id: 'title_id', name: 'title', type: 'text' }
const posts = make('base', {
  name: 'posts',
  id: 'posts_id',
  fields: [title],
  indexes: ['CREATE INDEX idx_title ON posts (title)'],
})
const vault = make('base', {
  name: 'vault',
  system: true,
  listRule: 'id != ""',
  fields: [{ id: 'key_id', name: 'key', type: 'text', system: true }],
  indexes: ['CREATE UNIQUE INDEX idx_key ON vault (key, id)'],
})
const people = make('auth', { name: 'people', authToken: { secret: 's'.repeat(50) } })
const numbers = make('view', { name: 'numbers', viewQuery: 'SELECT 1 AS id' })
const stored = [...systemCollections, posts, vault, people]

interface Extra {
  readonly previous?: CollectionDefinition
  readonly type?: string
  readonly viewFault?: string
}

function codes(next: CollectionDefinition, extra: Extra = {}): Record<string, string> {
  const issues = validateDefinition({
    next,
    previous: extra.previous,
    type: extra.type ?? next.type,
    stored,
    viewFault: extra.viewFault,
    ruleFault: (rule) => (rule.includes('nope') ? 'it says nope' : undefined),
  })
  return flat(issues)
}

/** The code of every issue, by its path. */
function flat(issues: Issues, path = ''): Record<string, string> {
  return Object.entries(issues).reduce(
    (all, [key, node]) => ({
      ...all,
      ...(isFieldIssue(node) ? { [path + key]: node.code } : flat(node, `${path}${key}.`)),
    }),
    {},
  )
}

/** A valid stored definition with manual changes. */
function changed(definition: CollectionDefinition, body: Body): CollectionDefinition {
  return decodeDefinition(definition, body).definition
}

describe('a new collection', () => {
  const cases: { name: string; body: Body; codes: Record<string, string> }[] = [
    { name: 'nothing but a name', body: { name: 'fine' }, codes: {} },
    { name: 'no name', body: {}, codes: { name: 'validation_required' } },
    {
      name: 'a long name',
      body: { name: 'n'.repeat(256) },
      codes: { name: 'validation_length_out_of_range' },
    },
    {
      name: 'a name with a space',
      body: { name: 'a b' },
      codes: { name: 'validation_match_invalid' },
    },
    {
      name: 'a name with _via_',
      body: { name: 'a_VIA_b' },
      codes: { name: 'validation_found_via' },
    },
    {
      name: 'a name that is taken',
      body: { name: 'POSTS' },
      codes: { name: 'validation_collection_name_exists' },
    },
    {
      name: 'a name that is an id',
      body: { name: 'posts_id' },
      codes: { name: 'validation_collection_name_id_duplicate' },
    },
    ...['_params', '_Abort', 'sqlite_x', '_cf_x', 'd1_migrations'].map((name) => ({
      name: `the name ${name}`,
      body: { name },
      codes: { name: 'validation_collection_name_invalid' },
    })),
    {
      name: 'an id that is taken',
      body: { name: 'fine', id: 'posts_id' },
      codes: { id: 'validation_invalid_or_existing_id' },
    },
    {
      name: 'the id and the name of another',
      body: { name: 'Posts', id: 'posts_id' },
      codes: {
        id: 'validation_invalid_or_existing_id',
        name: 'validation_collection_name_exists',
      },
    },
    {
      name: 'an id with a space',
      body: { name: 'fine', id: 'a b' },
      codes: { id: 'validation_match_invalid' },
    },
    {
      name: 'a long id',
      body: { name: 'fine', id: 'i'.repeat(101) },
      codes: { id: 'validation_length_out_of_range' },
    },
    {
      name: 'invalid rules',
      body: {
        name: 'fine',
        listRule: 'nope',
        createRule: 'nope',
        viewRule: 'fine',
        updateRule: '',
      },
      codes: { listRule: 'validation_invalid_rule', createRule: 'validation_invalid_rule' },
    },
  ]

  it.for(cases)('with $name', ({ body, codes: expected }, { expect }) => {
    expect(codes(make('base', body))).toEqual(expected)
  })

  it('with an invalid type', ({ expect }) => {
    const found = codes(make('base', { name: 'fine' }), { type: 'table' })

    expect(found).toEqual({ type: 'validation_in_invalid' })
  })
})

describe('a changed collection', () => {
  const cases: {
    name: string
    stored: CollectionDefinition
    body: Body
    codes: Record<string, string>
    type?: string
  }[] = [
    { name: 'a new name', stored: posts, body: { name: 'articles' }, codes: {} },
    { name: 'its name in other case', stored: posts, body: { name: 'POSTS' }, codes: {} },
    {
      name: 'another type',
      stored: posts,
      body: {},
      type: 'auth',
      codes: { type: 'validation_collection_type_change' },
    },
    {
      name: 'another system flag',
      stored: posts,
      body: { system: true },
      codes: { system: 'validation_collection_system_flag_change' },
    },
    {
      name: 'a new name for a system collection',
      stored: vault,
      body: { name: 'safe' },
      codes: { name: 'validation_collection_system_name_change' },
    },
    {
      name: 'other rules for a system collection',
      stored: vault,
      body: { listRule: null, viewRule: '' },
      codes: {
        listRule: 'validation_collection_system_rule_change',
        viewRule: 'validation_collection_system_rule_change',
      },
    },
    {
      name: 'a missing system field',
      stored: vault,
      body: { fields: [vault.fields[0]], indexes: vault.indexes },
      codes: { fields: 'validation_system_field_change' },
    },
    {
      name: 'another name for a system field',
      stored: vault,
      body: {
        fields: vault.fields.map((field) => ({ ...field, name: field.name.replace('key', 'k') })),
      },
      codes: { fields: 'validation_system_field_change' },
    },
    {
      name: 'a missing UNIQUE index on a system field',
      stored: vault,
      body: { indexes: [] },
      codes: { indexes: 'validation_invalid_unique_system_field_index' },
    },
    {
      name: 'the same UNIQUE index under another name, for fewer rows',
      stored: vault,
      body: {
        indexes: [
          'CREATE UNIQUE INDEX other ON vault (key COLLATE NOCASE, id DESC) WHERE key != 1',
        ],
      },
      codes: {},
    },
    {
      name: 'another type of a field',
      stored: posts,
      body: { fields: [posts.fields[0], { ...title, type: 'number' }] },
      codes: { 'fields.1': 'validation_field_type_change' },
    },
  ]

  it.for(cases)('has $name', ({ stored: previous, body, type, codes: expected }, { expect }) => {
    expect(codes(changed(previous, body), { previous, type })).toEqual(expected)
  })
})

describe('fields', () => {
  const text = (name: string, options: Body = {}): Body => ({ name, type: 'text', ...options })

  const cases: { name: string; fields: Body[]; codes: Record<string, string> }[] = [
    {
      name: 'two names that differ by case',
      fields: [text('a'), text('A')],
      codes: { 'fields.2.name': 'validation_duplicated_field_name' },
    },
    {
      name: 'the id of the primary key taken by another',
      fields: [text('a', { id: 'text3208210256' })],
      codes: { fields: 'validation_missing_primary_key' },
    },
    {
      name: 'invalid names',
      fields: [
        text('a b'),
        text(''),
        text('collectionId'),
        text('null'),
        text('a_via_b'),
        text('n'.repeat(101)),
      ],
      codes: {
        'fields.1.name': 'validation_match_invalid',
        'fields.2.name': 'validation_required',
        'fields.3.name': 'validation_not_in_invalid',
        'fields.4.name': 'validation_not_in_invalid',
        'fields.5.name': 'validation_found_via',
        'fields.6.name': 'validation_length_out_of_range',
      },
    },
    {
      name: 'a long help text, and a long id',
      fields: [text('a', { help: 'h'.repeat(301) }), text('b', { id: 'i'.repeat(101) })],
      codes: {
        'fields.1.help': 'validation_length_out_of_range',
        'fields.2.id': 'validation_length_out_of_range',
      },
    },
    {
      name: 'issues of the types',
      fields: [
        text('a', { min: 5, max: 2 }),
        { name: 'r', type: 'relation', collectionId: 'nope' },
      ],
      codes: {
        'fields.1.max': 'validation_min_greater_equal_than_required',
        'fields.2.collectionId': 'validation_field_relation_missing_collection',
      },
    },
    {
      name: 'more than a table may have',
      fields: Array.from({ length: 97 }, (_, n) => text(`f${n}`)),
      codes: { fields: 'validation_too_many_fields' },
    },
  ]

  it.for(cases)('with $name', ({ fields, codes: expected }, { expect }) => {
    expect(codes(make('base', { name: 'fine', fields }))).toEqual(expected)
  })

  it('with one id twice', ({ expect }) => {
    const definition = { ...posts, fields: [...posts.fields, { ...posts.fields[1], name: 'b' }] }

    const found = codes(definition as CollectionDefinition, { previous: posts })

    expect(found).toEqual({ 'fields.2.id': 'validation_duplicated_field_id' })
  })

  it('the maximum number for a table', ({ expect }) => {
    const fields = Array.from({ length: 96 }, (_, n) => text(`f${n}`))

    expect(codes(make('base', { name: 'fine', fields }))).toEqual({})
  })

  it('with names that sign-in uses', ({ expect }) => {
    const fields = [text('passwordConfirm'), text('oldPassword')]

    expect(codes(make('auth', { name: 'fine', fields }))).toEqual({
      'fields.1.name': 'validation_reserved_field_name',
      'fields.2.name': 'validation_reserved_field_name',
    })
    expect(codes(make('base', { name: 'fine', fields }))).toEqual({})
  })

  it.for([
    { name: 'password', change: undefined, found: { fields: 'validation_missing_password_field' } },
    {
      name: 'emailVisibility',
      change: undefined,
      found: { fields: 'validation_missing_emailVisibility_field' },
    },
    {
      name: 'tokenKey',
      change: { hidden: false },
      found: { 'fields.tokenKey': 'validation_must_be_system_and_hidden' },
    },
    {
      name: 'verified',
      change: { system: false },
      found: { 'fields.verified': 'validation_must_be_system' },
    },
  ])(
    'of an auth collection, with $name missing or not as it must be',
    ({ name, change, found }, { expect }) => {
      const fields = people.fields.flatMap((field) => {
        if (field.name !== name) return field
        return change === undefined ? [] : { ...field, ...change }
      })
      const definition = { ...people, fields } as CollectionDefinition

      expect(codes(definition, { previous: people })).toEqual(found)
    },
  )
})

describe('indexes', () => {
  const cases: { name: string; indexes: string[]; codes: Record<string, string> }[] = [
    {
      name: 'no index',
      indexes: ['DROP TABLE posts'],
      codes: { 'indexes.0': 'validation_invalid_index_expression' },
    },
    {
      name: 'one name twice',
      indexes: ['CREATE INDEX a ON x (id)', 'CREATE UNIQUE INDEX `A` ON x (id)'],
      codes: { 'indexes.1': 'validation_duplicated_index_name' },
    },
    {
      name: 'one definition twice',
      indexes: ['CREATE INDEX a ON x (id)', 'create index b on y (`id`)'],
      codes: { 'indexes.1': 'validation_duplicated_index_definition' },
    },
    {
      name: 'a name of another collection',
      indexes: ['CREATE INDEX IDX_TITLE ON x (id)'],
      codes: { 'indexes.0': 'validation_existing_index_name' },
    },
  ]

  it.for(cases)('with $name', ({ indexes, codes: expected }, { expect }) => {
    expect(codes(make('base', { name: 'fine', indexes }))).toEqual(expected)
  })

  it('without one that auth needs', ({ expect }) => {
    const definition = { ...people, indexes: people.indexes.slice(1) } as CollectionDefinition

    expect(codes(definition)).toMatchObject({ indexes: 'validation_missing_required_unique_index' })
  })
})

describe('a view', () => {
  it('without a query has no fields either', ({ expect }) => {
    expect(codes(make('view', { name: 'fine' }), { viewFault: 'incomplete input' })).toEqual({
      fields: 'validation_required',
      viewQuery: 'validation_required',
    })
  })

  it('with a faulty query', ({ expect }) => {
    expect(codes(numbers, { viewFault: 'some fault' })).toEqual({
      fields: 'validation_required',
      viewQuery: 'validation_invalid_view_query',
    })
  })

  it('with rules for writing, or indexes', ({ expect }) => {
    const fields = [
      { name: 'id', type: 'text', primaryKey: true, required: true, system: true, pattern: 'x' },
    ]
    const body = { fields, createRule: '', updateRule: 'fine', deleteRule: '', indexes: ['x'] }

    expect(codes(changed(numbers, body))).toEqual({
      createRule: 'validation_nil',
      updateRule: 'validation_nil',
      deleteRule: 'validation_nil',
      indexes: 'validation_indexes_not_supported',
    })
  })
})

describe('auth options', () => {
  const provider = { name: 'google', clientId: 'a', clientSecret: 'b' }
  const withOtp = { otp: { enabled: true } }

  const cases: { name: string; body: Body; codes: Record<string, string> }[] = [
    { name: 'nothing changed', body: {}, codes: {} },
    {
      name: 'invalid rules',
      body: { authRule: 'nope', manageRule: 'nope' },
      codes: { authRule: 'validation_invalid_rule', manageRule: 'validation_invalid_rule' },
    },
    {
      name: 'a public manage rule',
      body: { manageRule: '' },
      codes: { manageRule: 'validation_nil_or_not_empty_required' },
    },
    {
      name: 'blank mails',
      body: {
        authAlert: { emailTemplate: { subject: '' } },
        verificationTemplate: { body: '' },
        otp: { emailTemplate: { body: '' } },
      },
      codes: {
        'authAlert.emailTemplate.subject': 'validation_required',
        'verificationTemplate.body': 'validation_required',
        'otp.emailTemplate.body': 'validation_required',
      },
    },
    {
      name: 'no identity field',
      body: { passwordAuth: { identityFields: [] } },
      codes: { 'passwordAuth.identityFields': 'validation_required' },
    },
    {
      name: 'an unknown identity field',
      body: { passwordAuth: { identityFields: ['nick'] } },
      codes: { 'passwordAuth.identityFields': 'validation_missing_field' },
    },
    {
      name: 'an identity field that is not unique',
      body: { passwordAuth: { identityFields: ['email', 'verified'] } },
      codes: { 'passwordAuth.identityFields': 'validation_missing_unique_constraint' },
    },
    {
      name: 'any identity fields while passwords are off',
      body: { passwordAuth: { enabled: false, identityFields: ['nick'] } },
      codes: {},
    },
    {
      name: 'one of two factors',
      body: { mfa: { enabled: true } },
      codes: { 'mfa.enabled': 'validation_mfa_not_enough_auths' },
    },
    {
      name: 'an invalid rule for the second factor',
      body: { ...withOtp, mfa: { enabled: true, rule: 'nope' } },
      codes: { 'mfa.rule': 'validation_invalid_rule' },
    },
    {
      name: 'too short lifetimes of a second factor and codes',
      body: { otp: { enabled: true, duration: 9, length: 3 }, mfa: { enabled: true, duration: 0 } },
      codes: {
        'otp.duration': 'validation_min_greater_equal_than_required',
        'otp.length': 'validation_min_greater_equal_than_required',
        'mfa.duration': 'validation_required',
      },
    },
    {
      name: 'tokens with too short or too long lifetimes, with short or no secrets',
      body: {
        authToken: { duration: 9, secret: 'short' },
        fileToken: { duration: 94670857, secret: '' },
      },
      codes: {
        'authToken.duration': 'validation_min_greater_equal_than_required',
        'authToken.secret': 'validation_length_out_of_range',
        'fileToken.duration': 'validation_max_less_equal_than_required',
        'fileToken.secret': 'validation_required',
      },
    },
    {
      name: 'unknown or incomplete providers',
      body: {
        oauth2: {
          enabled: true,
          providers: [{ name: 'unknown' }, { ...provider, authURL: 'a b' }],
        },
      },
      codes: {
        'oauth2.providers.0.name': 'validation_missing_provider',
        'oauth2.providers.0.clientId': 'validation_required',
        'oauth2.providers.0.clientSecret': 'validation_required',
        'oauth2.providers.1.authURL': 'validation_is_url',
      },
    },
    {
      name: 'a provider twice',
      body: { oauth2: { enabled: true, providers: [provider, provider] } },
      codes: { 'oauth2.providers.1.name': 'validation_duplicated_provider' },
    },
    {
      name: 'any providers while they are off',
      body: { oauth2: { providers: [{ name: 'unknown' }] } },
      codes: {},
    },
  ]

  it.for(cases)('with $name', ({ body, codes: expected }, { expect }) => {
    expect(codes(changed(people, body), { previous: people })).toEqual(expected)
  })

  it('of superusers, whose rules cannot change', ({ expect }) => {
    const superusers = systemCollections.find(({ name }) => name === '_superusers') ?? people
    const secret = 's'.repeat(50)
    const previous = changed(superusers, {
      ...withOtp,
      mfa: { enabled: true },
      ...Object.fromEntries(
        [
          'authToken',
          'passwordResetToken',
          'emailChangeToken',
          'verificationToken',
          'fileToken',
        ].map((token) => [token, { secret }]),
      ),
    })

    const body = { authRule: null, manageRule: 'fine' }
    const second = { mfa: { rule: 'fine' } }

    expect(codes(changed(previous, body), { previous })).toEqual({
      authRule: 'validation_collection_system_rule_change',
      manageRule: 'validation_collection_system_rule_change',
    })
    expect(codes(changed(previous, second), { previous })).toEqual({
      'mfa.rule': 'validation_collection_system_rule_change',
    })
  })
})
