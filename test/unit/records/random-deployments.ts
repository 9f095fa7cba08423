/*
 * Random deployments and requests, to compare plans from a cache with plans of their own: rules, values
 * that the text of a statement may depend on, and callers of the same id in different collections.
 */
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { superusersId } from '#catalog/system-collections.ts'
import { blankDefinition } from '#collections/complete-definition.ts'
import { createTable } from '#collections/schema/sync-table.ts'
import { toStatement } from '#database/statement.ts'
import type { Caller } from '#http/caller.ts'
import type { SessionFacts } from '#http/session-facts.ts'

const users = 'pbc_users'
const staff = 'pbc_staff'
const notes = 'pbc_notes'

export interface Rules {
  readonly notes: string | null
  readonly users: string | null
  readonly manage: string | null
  /** The rules of writes to notes. By default they are for superusers. */
  readonly create?: string | null
  readonly update?: string | null
  readonly delete?: string | null
}

export function definitionsWith(rules: Rules): readonly CollectionDefinition[] {
  const field = (name: string, type: string, options: Record<string, unknown> = {}) => ({
    id: name,
    name,
    type,
    hidden: false,
    required: false,
    system: false,
    presentable: false,
    ...options,
  })
  const base = blankDefinition('base', 'notes', notes)
  const account = blankDefinition('auth', 'users', users)
  const worker = blankDefinition('auth', 'staff', staff)
  const readable = { listRule: rules.users, viewRule: rules.users }
  return [
    {
      ...base,
      fields: [
        ...base.fields,
        field('title', 'text'),
        field('n', 'number'),
        field('tags', 'select', { maxSelect: 3, values: ['a', 'b', 'c'] }),
        field('data', 'json'),
        field('owner', 'relation', { collectionId: users, maxSelect: 1 }),
        field('friends', 'relation', { collectionId: users, maxSelect: 9 }),
        field('secret', 'text', { hidden: true }),
      ],
      listRule: rules.notes,
      viewRule: rules.notes,
      createRule: rules.create ?? null,
      updateRule: rules.update ?? null,
      deleteRule: rules.delete ?? null,
    },
    {
      ...account,
      ...readable,
      fields: [...account.fields, field('name', 'text'), field('level', 'number')],
      ...(account.type === 'auth' && {
        options: { ...account.options, manageRule: rules.manage },
      }),
    },
    {
      ...worker,
      ...readable,
      fields: [...worker.fields, field('name', 'text'), field('level', 'number')],
    },
    blankDefinition('auth', '_superusers', superusersId),
  ] as CollectionDefinition[]
}

export function createDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  const open = definitionsWith({ notes: '', users: '', manage: null })
  for (const statement of open.flatMap(createTable)) db.exec(toStatement(statement).sql)
  db.exec(`
    INSERT INTO "users" ("id", "name", "level", "email", "emailVisibility", "tokenKey") VALUES
      ('ann', 'Ann', 1, 'ann@example.com', 1, '1'), ('ben', 'b%n', 2, 'ben@example.com', 0, '2'),
      ('1', '', 0, '', 0, '3');
    INSERT INTO "staff" ("id", "name", "email", "emailVisibility", "tokenKey") VALUES
      ('ann', 'Other Ann', 'ann@example.org', 0, '4'), ('eve', 'Eve', '', 1, '5');
    INSERT INTO "_superusers" ("id", "email", "tokenKey") VALUES ('ann', 'root@example.com', '6');
    INSERT INTO "notes" ("id", "title", "n", "tags", "data", "owner", "friends", "secret") VALUES
      ('n1', 'a', 1, '["a","b"]', '{"a":1}', 'ann', '["ben"]', 'x'),
      ('n2', 'A%', 2, '[]', '"text"', 'ben', '["ann","ben"]', 'y'),
      ('n3', '', 0, '["c"]', NULL, '', '[]', ''),
      ('n4', 'ann', 2.5, '["a"]', '[1,2]', 'ann', '["1"]', 'a'),
      ('n5', 'GET', 1e3, '["b"]', 'true', 'gone', '["gone"]', '')`)
  return db
}

/** Values that differ in what the text of a statement may depend on. */
export const value = fc.constantFrom(
  '',
  'a',
  'A%',
  'ann',
  '1',
  '2.5',
  '_',
  String.raw`a\%`,
  'GET',
  'é'.repeat(40),
  `${'x'.repeat(60)}%`,
)
export const values = fc.dictionary(fc.constantFrom('q', 'n', 'x_tag'), value, {
  noNullPrototype: true,
})

export const ofNotes = fc.constantFrom(
  ...['title', 'n', 'tags', 'tags:each', 'tags:length', 'data.a', 'data', 'owner', 'owner.name'],
  ...['owner.email', 'friends.name', 'friends.level', 'owner.notes_via_owner.title', 'title:lower'],
)
export const ofAccounts = fc.constantFrom('id', 'name', 'level', 'email', 'verified')
const requestValue = fc.constantFrom(
  ...['id', 'name', 'level', 'email', 'collectionId', 'notes_via_owner.n'].map(
    (name) => `@request.auth.${name}`,
  ),
  ...['q', 'n', 'q:isset', 'q:lower'].map((name) => `@request.query.${name}`),
  ...['@request.headers.x_tag', '@request.headers.n', '@request.method', '@request.context'],
  ...[
    'title',
    'title:isset',
    'title:changed',
    'title:lower',
    'n',
    'n:changed',
    'data',
    'data.a',
  ].map((name) => `@request.body.${name}`),
  ...[
    'tags:each',
    'tags:length',
    'owner',
    'owner.name',
    'friends.name',
    'friends:length',
    'unknown',
  ].map((name) => `@request.body.${name}`),
  '@collection.users.name',
  ...['id', 'kind', 'level', 'age', 'mfaAge', 'methods', 'methods:each', 'methods:length'].map(
    (name) => `@request.session.${name}`,
  ),
  ...['@now', '@day', '@second', '@todayStart', '@monthEnd'],
)
const literal = fc.constantFrom("'a'", "''", "'A%'", '1', '2.5', 'null', 'true', '@now')
const sign = fc.constantFrom('=', '!=', '>', '<=', '~', '!~', '?=', '?~', '?!=')
const call = fc.constantFrom("strftime('%Y', @now)", "strftime('%d', @request.query.q)")

function expression(left: fc.Arbitrary<string>, right: fc.Arbitrary<string>) {
  const comparison = fc
    .tuple(left, sign, right, fc.boolean())
    .map(([a, op, b, isTurned]) => (isTurned ? `${b} ${op} ${a}` : `${a} ${op} ${b}`))
  return fc
    .tuple(fc.array(comparison, { minLength: 1, maxLength: 3 }), fc.constantFrom(' && ', ' || '))
    .map(([parts, join]) => parts.join(join))
}

export function rule(field: fc.Arbitrary<string>) {
  const ofRule = fc.oneof(field, requestValue, fc.constant('@request.auth.id'), call)
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(null, 'title =') },
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 10, arbitrary: expression(ofRule, fc.oneof(requestValue, literal)) },
  )
}

export function filter(field: fc.Arbitrary<string>) {
  return fc.oneof(fc.constant(''), expression(field, literal))
}

export const callers = {
  guest: undefined,
  ann: [users, 'ann'],
  ben: [users, 'ben'],
  one: [users, '1'],
  'ann of the staff': [staff, 'ann'],
  eve: [staff, 'eve'],
  superuser: [superusersId, 'ann'],
  'of no collection': ['pbc_gone', 'ann'],
} as const
export const caller = fc.constantFrom(...(Object.keys(callers) as (keyof typeof callers)[]))

/** The facts of a caller's session. */
export const facts = fc.record({
  authTime: fc.constantFrom(undefined, 0, 100, 3e9),
  mfaTime: fc.constantFrom(undefined, 0, 200),
  methods: fc.constantFrom([], ['password'], ['password', 'a']),
  startedAt: fc.constant(0),
  actor: fc.constantFrom(undefined, undefined, { collectionId: superusersId, id: 'ann' }),
})

export function callerOf(name: keyof typeof callers, known: SessionFacts): Caller | undefined {
  const [collectionId, recordId] = callers[name] ?? []
  if (collectionId === undefined || recordId === undefined) return undefined
  return {
    collectionId,
    collectionName: '',
    recordId,
    sessionId: '',
    expiresAt: new Date(0),
    isSuperuser: collectionId === superusersId,
    isRefreshable: true,
    facts: known,
    token: '',
    denial: undefined,
    session: () => Promise.resolve(undefined),
  }
}
