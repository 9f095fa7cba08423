import { DatabaseSync } from 'node:sqlite'
import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import { blankDefinition } from '#collections/complete-definition.ts'
import { toStatement } from '#database/statement.ts'
import { guestRequest } from '#records/request-info.ts'
import { accessTo, type AccessRequest, assertUnlocked, maxFilterBytes } from '#records/access.ts'

const rules = {
  locked: null,
  open: '',
  'of the record': "title = 'a'",
  'of the caller': '@request.auth.id != "" && owner = @request.auth.id',
  broken: 'title =',
  'not in the schema': 'nothing = 1',
} as const
type RuleName = keyof typeof rules

const callers = ['guest', 'ann', 'superuser'] as const
type CallerName = (typeof callers)[number]

const everything = ['r1', 'r2', 'r3']

/** The ids that each caller has access to, or the reason for having none. */
const expected: Readonly<Record<RuleName, Readonly<Record<CallerName, string[] | string>>>> = {
  locked: { guest: 'locked', ann: 'locked', superuser: everything },
  open: { guest: everything, ann: everything, superuser: everything },
  'of the record': { guest: ['r1', 'r3'], ann: ['r1', 'r3'], superuser: everything },
  'of the caller': { guest: [], ann: ['r2', 'r3'], superuser: everything },
  broken: { guest: 'broken', ann: 'broken', superuser: everything },
  'not in the schema': { guest: 'broken', ann: 'broken', superuser: everything },
}

function catalogWith(rule: string | null): CollectionSet {
  const notes = { ...blankDefinition('base', 'notes'), id: 'pbc_notes' }
  const field = (name: string, hidden = false) => ({
    id: name,
    name,
    type: 'text',
    hidden,
    required: false,
    system: false,
    presentable: false,
  })
  return compileCollections([
    {
      ...notes,
      fields: [...notes.fields, field('title'), field('owner'), field('secret', true)],
      listRule: rule,
      viewRule: rule,
      createRule: rule,
      updateRule: rule,
      deleteRule: rule,
    },
    { ...blankDefinition('auth', 'users'), id: 'pbc_users' },
  ])
}

function requestInfoOf(catalog: CollectionSet, caller: CallerName): RequestInfo {
  const users = named(catalog, 'users')
  const auth = caller === 'ann' ? { id: 'ann', collection: users } : undefined
  const info = guestRequest({ context: 'default', method: 'GET', query: {}, headers: {} })
  return { ...info, auth, isSuperuser: caller === 'superuser' }
}

function named(catalog: CollectionSet, name: string): Collection {
  const collection = catalog.find(name)
  if (collection === undefined) throw new Error(`There is no ${name}.`)
  return collection
}

/** The ids that a request reaches, in order, or the reason for having no access. */
function reached(
  rule: string | null,
  caller: CallerName,
  action: 'list' | 'view' | 'update' | 'delete',
  request: Partial<AccessRequest> = {},
): string[] | string {
  const catalog = catalogWith(rule)
  const notes = named(catalog, 'notes')
  const access = accessTo(catalog, requestInfoOf(catalog, caller), {
    rule: notes.rules[action],
    base: { collection: notes, alias: 'notes' },
    ...request,
  })
  if (!access.isGranted) return access.reason
  const order = access.order.length === 0 ? sql`` : sql` ORDER BY ${sql.join([...access.order])}`
  const select = sql`${access.with}SELECT "notes"."id" FROM "notes" ${access.joins} WHERE ${access.where}${order}`
  const { sql: text, params } = toStatement(select)
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE "notes" ("id", "title", "owner", "secret");
    CREATE TABLE "users" ("id", "email", "emailVisibility");
    INSERT INTO "users" VALUES ('ann', 'ann@example.com', 0);
    INSERT INTO "notes" VALUES ('r1', 'a', 'bob', 'x'), ('r2', 'b', 'ann', 'y'), ('r3', 'a', 'ann', 'z')`)
  const rows = db.prepare(text).all(...(params as string[]))
  db.close()
  return rows.map(({ id }) => String(id))
}

describe('access by rule, caller and action', () => {
  for (const action of ['list', 'view', 'update', 'delete'] as const) {
    for (const rule of Object.keys(rules) as RuleName[]) {
      it.for(callers)(`${action}, a rule ${rule}: %s`, (caller, { expect }) => {
        expect(reached(rules[rule], caller, action)).toEqual(expected[rule][caller])
      })
    }
  }

  it('binds superusers where the rule says more than who may call', ({ expect }) => {
    const bound = { bindsSuperusers: true }
    expect(reached("title = 'a'", 'superuser', 'view', bound)).toEqual(['r1', 'r3'])
    expect(reached(null, 'superuser', 'view', bound)).toBe('locked')
  })

  it.for(['create', 'update', 'delete'] as const)(
    'rejects %s under a locked rule, but for superusers',
    (action, { expect }) => {
      const catalog = catalogWith(null)
      const notes = named(catalog, 'notes')
      const check = (caller: CallerName) => () =>
        assertUnlocked(notes, action, requestInfoOf(catalog, caller))
      expect(check('guest')).toThrow('Only superusers can perform this action.')
      expect(check('ann')).toThrow('Only superusers can perform this action.')
      expect(check('superuser')).not.toThrow()
    },
  )
})

describe("a client's conditions", () => {
  const client = (filter: string, sort = '') => ({
    client: { filter, sort, access: 'client' as const },
  })

  it('narrow what the rule grants, and order it', ({ expect }) => {
    expect(reached("title = 'a'", 'guest', 'list', client("owner = 'ann'"))).toEqual(['r3'])
    expect(reached('', 'guest', 'list', client('', '-id'))).toEqual(['r3', 'r2', 'r1'])
  })

  it('never widen it', ({ expect }) => {
    expect(reached("title = 'a'", 'guest', 'list', client("title = 'b' || id != ''"))).toEqual([
      'r1',
      'r3',
    ])
    expect(reached(null, 'ann', 'list', client("id != ''"))).toBe('locked')
  })

  it.for([
    ["secret = 'x'", 'a hidden field'],
    ['title =', 'a filter that does not parse'],
    ['nothing = 1', 'a field that does not exist'],
    ["@collection.users.id != ''", 'another collection'],
    ["@request.auth.id != ''", 'the request'],
    ["title = '@request.auth.id'", 'a reserved word in a literal'],
    [`title = '${'x'.repeat(maxFilterBytes)}'`, 'a filter that is too long'],
  ])('are rejected: %$ %s', ([filter = ''], { expect }) => {
    expect(reached('', 'ann', 'list', client(filter))).toBe('rejected')
  })

  it('are rejected for a sort by a hidden field', ({ expect }) => {
    expect(reached('', 'ann', 'list', client('', 'secret'))).toBe('rejected')
  })

  it('may use everything in the name of a superuser', ({ expect }) => {
    const own = { client: { filter: "secret = 'y'", sort: '', access: 'rule' as const } }
    expect(reached(null, 'superuser', 'list', own)).toEqual(['r2'])
  })
})
