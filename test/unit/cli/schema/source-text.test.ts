import { compileFunction } from 'node:vm'
import * as fc from 'fast-check'
import { format } from 'oxfmt'
import { describe, it } from 'vitest'
import { type SourceCollection, sourceText } from '#cli/schema/source-text.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { definitionJson } from '#collections/definition-json.ts'
import { defineCollection, index } from '#schema/define/define-collection.ts'
import * as builders from '#schema/define/fields.ts'
import { draftSchema } from '#schema/draft-schema.ts'

const words = { ...builders, defineCollection, index }

const now = new Date('2026-01-31T12:00:00Z')

/** The definitions of a module, as `push` sends them. */
function evaluate(text: string): SourceCollection[] {
  const body = text
    .replace(/^import (\{[^}]*\}) from '.*'$/m, 'const $1 = words')
    .replaceAll(/^export const /gm, 'const ')
    .replace(/^export default /m, 'return ')
  const run = compileFunction(body, ['words']) as (given: unknown) => readonly unknown[]
  return JSON.parse(JSON.stringify(run(words))) as SourceCollection[]
}

/** The definitions of a deployment after a push. */
function pushed(
  stored: readonly CollectionDefinition[],
  collections: readonly SourceCollection[],
): CollectionDefinition[] {
  const request = { collections, renames: {}, source: 'push' } as const
  return draftSchema(stored, request, now).map(({ next }) => next)
}

function textOf(definitions: readonly CollectionDefinition[]): string {
  return sourceText(
    definitions.map((each) => definitionJson(each) as SourceCollection),
    'arete',
  )
}

/** Fields of a deployment keep their ids, and the layout depends on them. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/,? ([\])}])/g, '$1')
    .replaceAll(/([[({]) /g, '$1')
    .replaceAll(/(?:, )?id: '\w+'/g, '')
    .replaceAll(/(?:, )?\{\}/g, '')
}

const common = {
  required: fc.boolean(),
  hidden: fc.boolean(),
  presentable: fc.boolean(),
  help: fc.constantFrom('', 'It’s a "help"\n\\'),
}
const limit = fc.constantFrom(0, 1, 20)

const field = fc.oneof(
  fc.record({
    type: fc.constant('text'),
    ...common,
    min: limit,
    pattern: fc.constantFrom('', '^a$'),
  }),
  fc.record({
    type: fc.constant('number'),
    ...common,
    min: fc.option(limit),
    onlyInt: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom('bool', 'json', 'geoPoint', 'date'), ...common }),
  fc.record({
    type: fc.constantFrom('email', 'url'),
    ...common,
    onlyDomains: fc.option(fc.constantFrom([], ['example.com'])),
  }),
  fc.record({ type: fc.constant('editor'), ...common, convertURLs: fc.boolean() }),
  fc.record({
    type: fc.constant('select'),
    ...common,
    values: fc.constantFrom(['a'], ['a', "b'", 'c']),
    maxSelect: fc.constantFrom(0, 1, 2),
  }),
  fc.record({
    type: fc.constant('file'),
    ...common,
    maxSelect: limit,
    thumbs: fc.option(fc.constant(['1x1'])),
  }),
  fc.record({
    type: fc.constant('relation'),
    ...common,
    collectionId: fc.constantFrom('_pb_users_auth_', 'one_id', 'two_id'),
    maxSelect: fc.constantFrom(1, 9),
    minSelect: fc.constantFrom(0, 1),
    cascadeDelete: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('autodate'),
    hidden: fc.boolean(),
    onCreate: fc.boolean(),
    onUpdate: fc.constant(true),
  }),
)

const names = ['title', 'text', 'class', 'Upper_1', '_a', 'created']
const rule = fc.option(
  fc.constantFrom(
    '',
    'title = \'x\' && @request.auth.id != ""',
    `@request.auth.id != "" && ${'title = "x" || '.repeat(9)} id = 1`,
  ),
)

function collection(name: string): fc.Arbitrary<SourceCollection> {
  return fc
    .record({
      id: fc.constantFrom(`${name}_id`),
      fields: fc.array(fc.tuple(fc.constantFrom(...names), field, fc.constantFrom('', 'own_')), {
        maxLength: 5,
      }),
      type: fc.constant(name === 'two' ? 'auth' : 'base'),
      listRule: rule,
      viewRule: rule,
      deleteRule: rule,
      indexes: fc.subarray([
        `CREATE INDEX \`idx_${name}_id\` ON \`${name}\` (\`id\`)`,
        `CREATE UNIQUE INDEX \`other_${name}\` ON \`${name}\` (\n  \`id\`,\n  \`x\`\n) WHERE id != ''`,
        `CREATE INDEX \`more_${name}\` ON \`${name}\` (\`id\` COLLATE NOCASE DESC)`,
      ]),
    })
    .map(({ fields, ...rest }) => ({
      ...rest,
      name,
      fields: [...new Map(fields.map((each) => [each[0], each] as const)).values()].map(
        ([fieldName, options, prefix]) => ({
          ...options,
          name: fieldName,
          ...(prefix === '' ? {} : { id: prefix + fieldName }),
        }),
      ),
    }))
}

const authOptions = fc.record(
  {
    authRule: fc.constantFrom(null, '', 'verified = true'),
    manageRule: fc.constantFrom(null, 'id = "x"'),
    passwordAuth: fc.record({ enabled: fc.boolean(), identityFields: fc.constant(['email']) }),
    mfa: fc.record({ enabled: fc.boolean(), duration: fc.constant(60), rule: fc.constant('') }),
    otp: fc.record({ enabled: fc.boolean(), length: fc.constantFrom(6, 8) }),
    authToken: fc.record({ duration: fc.constantFrom(60, 432_000) }),
    authAlert: fc.record({
      enabled: fc.boolean(),
      emailTemplate: fc.record({
        subject: fc.constant('It’s "you"'),
        body: fc.constant("<p>'\n</p>"),
      }),
    }),
    verificationTemplate: fc.record({ subject: fc.string(), body: fc.string() }),
    oauth2: fc.record({
      enabled: fc.boolean(),
      mappedFields: fc.record({ name: fc.constantFrom('', 'title') }),
      providers: fc.constantFrom(
        [],
        [{ name: 'google', clientId: 'x', displayName: 'G "x"', pkce: true }],
      ),
    }),
    security: fc.record({
      totp: fc.record({ enabled: fc.boolean() }, { requiredKeys: [] }),
    }),
  },
  { requiredKeys: [] },
)

const view = {
  name: 'a_view',
  type: 'view',
  id: 'view_id',
  listRule: '',
  viewQuery: "SELECT id, '\\n`' AS x FROM one\n-- \u2028 it’s",
} as const

const deployment = fc
  .tuple(collection('one'), collection('two'), fc.boolean(), authOptions)
  .map(([one, two, isWhole, options]) =>
    pushed(systemCollections, isWhole ? [one, { ...two, ...options }, view] : [one]),
  )

describe('sourceText', () => {
  it('writes the deployment of the start', ({ expect }) => {
    const users = systemCollections.filter(({ name }) => name === 'users')

    expect(textOf([...systemCollections]))
      .toBe(`import { autodate, defineCollection, file, text } from 'arete'

export const users = defineCollection('users', {
  type: 'auth',
  id: '_pb_users_auth_',
  fields: {
    name: text({ max: 255 }),
    avatar: file({
      mimeTypes: ['image/jpeg', 'image/png', 'image/svg+xml', 'image/gif', 'image/webp'],
    }),
    created: autodate('create'),
    updated: autodate('save'),
  },
  rules: {
    list: 'id = @request.auth.id',
    view: 'id = @request.auth.id',
    create: '',
    update: 'id = @request.auth.id',
    delete: 'id = @request.auth.id',
  },
  options: {
    oauth2: { mappedFields: { name: 'name', avatarURL: 'avatar' } },
  },
})

export default [users]
`)
    expect(pushed(users, evaluate(textOf(users)))).toEqual(users)
  })

  it('is equal to the definitions that it was written from, and the same after a push', ({
    expect,
  }) => {
    fc.assert(
      fc.property(deployment, deployment, (before, after) => {
        const text = textOf(after)
        const code = evaluate(text)

        const same = pushed(after, code)
        const changed = pushed(before, code)

        expect(same.filter((each) => !after.includes(each)).map((each) => each.name)).toEqual([])
        expect(withoutIds(textOf(changed))).toBe(withoutIds(text))
      }),
      { numRuns: 150 },
    )
  })

  it('has the layout that a formatter gives it', async ({ expect }) => {
    const options = { printWidth: 100, singleQuote: true, semi: false } as const
    await fc.assert(
      fc.asyncProperty(deployment, async (definitions) => {
        const text = textOf(definitions)

        expect((await format('schema.ts', text, options)).code).toBe(text)
      }),
      { numRuns: 60 },
    )
  })

  it.for([
    { name: 'code', hostile: "a'); process.exit(1); ('" },
    { name: 'a line', hostile: 'a\nprocess.exit(1)//' },
    { name: 'a comment', hostile: 'a /* */ = 1; process.exit(1) //' },
    { name: 'a template', hostile: '${process.exit(1)}`' },
    { name: 'a line of Unicode', hostile: 'a\u2028process.exit(1)' },
    { name: 'a prototype', hostile: '__proto__' },
    { name: 'a reserved word', hostile: 'class' },
    { name: 'a builder', hostile: 'text' },
    { name: 'another script', hostile: 'имя' },
    { name: 'nothing', hostile: '' },
    { name: 'a long text', hostile: 'x'.repeat(255) },
  ])('makes no code of a name that is $name', ({ hostile }, { expect }) => {
    const given = (id: string, related: string): SourceCollection => ({
      id,
      name: hostile,
      type: 'base',
      listRule: hostile,
      indexes: [`CREATE INDEX \`${hostile}\` ON \`${hostile}\` (\`${hostile}\`)`],
      fields: [
        { id: hostile, name: hostile, type: 'text', pattern: hostile, help: hostile },
        { id: 'r', name: 'r', type: 'relation', collectionId: related, maxSelect: 1 },
        { id: 's', name: 's', type: 'select', values: [hostile], maxSelect: 1 },
      ],
    })
    const text = sourceText([given('one', 'two'), given('two', hostile)], 'arete')
    const [first, second] = evaluate(text)

    for (const each of [first, second]) {
      expect(each).toMatchObject({ name: hostile, listRule: hostile })
      expect(JSON.stringify(each?.['fields'])).toContain(JSON.stringify(hostile))
    }
  })

  it('refuses a field whose type is none', ({ expect }) => {
    const fields = [{ id: 'a', name: 'a', type: 'exit(1); text' }]

    expect(() => sourceText([{ id: 'a', name: 'a', type: 'base', fields }], 'arete')).toThrow(
      'no type',
    )
  })

  it('contains no secret', ({ expect }) => {
    const [users] = systemCollections.filter(({ name }) => name === 'users')
    if (users?.type !== 'auth') throw new Error('users is an auth collection.')
    const secret = 'top-secret-'.repeat(4)
    const options = {
      ...users.options,
      authToken: { duration: 1, secret },
      oauth2: {
        ...users.options.oauth2,
        providers: [
          {
            pkce: null,
            name: 'google',
            clientId: 'id',
            clientSecret: secret,
            authURL: '',
            tokenURL: '',
            userInfoURL: '',
            displayName: '',
            extra: null,
          },
        ],
      },
    }

    const text = textOf([{ ...users, options }])

    expect(text).toContain('google')
    expect(text).not.toContain('top-secret')
  })
})
