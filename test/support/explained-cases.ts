import fc from 'fast-check'
import { type SignedIn, signInSuperuser, signUp } from './accounts.ts'
import { bindings } from './bindings.ts'
import { changeCollection, createCollections, createRecords } from './collections.ts'
import { type Answer, createTestApp, type RequestOptions, type TestApp } from './test-app.ts'

/*
 * Requests that are explained and then sent. The explanation must say what the request receives, and
 * must change nothing.
 */

const comparisons = [
  "@request.auth.id != ''",
  'author = @request.auth.id',
  'author.id != @request.auth.id',
  "author.name ~ 'A'",
  'views > 1',
  "title ~ 'a'",
  'published = true',
  "title:lower = 'alpha'",
  'team.members.id ?= @request.auth.id',
  'team.members.id = @request.auth.id',
  "team.members.name ?= 'Bea'",
  "comments_via_post.text ?= 'x'",
  "comments_via_post.text = 'x'",
  "comments_via_post.text != ''",
  'comments_via_post.author ?= @request.auth.id',
  "comments_via_post.author.name ?= 'Bea'",
  '@request.body.title:isset = true',
  "@request.body.title = 'beta'",
  '@request.body.views:changed = false',
  '@request.body.author.name != author.name',
  "@collection.teams.name ?= 'red'",
  '@collection.teams.members.id ?= @request.auth.id',
  "@request.auth.name = 'Ann'",
  "@request.auth.collectionName = 'users'",
  'labels:length > 0',
  "labels:each ~ 'r'",
  "@request.query.q = '1'",
  "@request.headers.x_key = 'k'",
  "@request.method = 'PATCH'",
  "@request.context = 'default'",
  'meta.level >= 2',
]

const rule = fc.letrec<{ group: string; rule: string }>((tie) => ({
  group: fc
    .tuple(
      fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
      fc.constantFrom(' && ', ' || '),
      fc.boolean(),
    )
    .map(([parts, join, isEnclosed]) => (isEnclosed ? `(${parts.join(join)})` : parts.join(join))),
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...comparisons),
    tie('group'),
  ),
})).rule

const body = fc.record(
  {
    title: fc.constantFrom('alpha', 'beta', '', 7),
    views: fc.constantFrom(0, 3, 'many'),
    author: fc.constantFrom('ann', 'bea', 'missing'),
    published: fc.boolean(),
    'views+': fc.constantFrom(1, 2),
  },
  { requiredKeys: [] },
)

const sent = fc.record({
  action: fc.constantFrom('list', 'view', 'create', 'update', 'delete'),
  caller: fc.constantFrom('guest', 'ann', 'bea', 'admin'),
  record: fc.nat({ max: 6 }),
  body,
  q: fc.constantFrom('', '1'),
  key: fc.constantFrom('', 'k'),
  isDraft: fc.boolean(),
})

type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never

/** A rule, and requests to a collection with it. */
export interface ExplainedCase {
  readonly rule: string
  readonly sent: readonly Sent[]
}

/** Generates cases. The same seed generates the same. */
export function generateCases(count: number, seed: number): ExplainedCase[] {
  const cases = fc.record({ rule, sent: fc.array(sent, { minLength: 5, maxLength: 5 }) })
  return fc.sample(cases, { numRuns: count, seed })
}

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly ids: Readonly<Record<string, string>>
  readonly tokens: Readonly<Record<string, string>>
}

/** A deployment with posts, their authors, teams and comments. */
export async function createExplainedWorld(): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const [ann, bea] = [
    await signUp(app, 'ann@example.com', { name: 'Ann' }),
    await signUp(app, 'bea@example.com', { name: 'Bea' }),
  ]
  const users = { type: 'relation', collectionId: '_pb_users_auth_' }
  await createCollections(
    app,
    admin.token,
    {
      name: 'teams',
      fields: [
        { type: 'text', name: 'name' },
        { ...users, name: 'members', maxSelect: 9 },
      ],
    },
    {
      name: 'posts',
      fields: [
        { type: 'text', name: 'title', required: true },
        { type: 'number', name: 'views' },
        { type: 'bool', name: 'published' },
        { type: 'json', name: 'meta' },
        { type: 'select', name: 'labels', maxSelect: 3, values: ['red', 'green', 'blue'] },
        { ...users, name: 'author', maxSelect: 1 },
        { type: 'relation', name: 'team', collectionId: 'teams_id', maxSelect: 1 },
      ],
    },
    {
      name: 'comments',
      fields: [
        { type: 'text', name: 'text' },
        { ...users, name: 'author', maxSelect: 1 },
        { type: 'relation', name: 'post', collectionId: 'posts_id', maxSelect: 1, required: true },
      ],
    },
  )
  await createRecords(
    app,
    admin.token,
    'teams',
    { id: 'red000000000000', name: 'red', members: [ann.id] },
    { id: 'blue00000000000', name: 'blue', members: [ann.id, bea.id] },
  )
  return {
    app,
    admin,
    ids: { ann: ann.id, bea: bea.id, missing: 'missing00000000' },
    tokens: { ann: ann.token, bea: bea.token, admin: admin.token },
  }
}

const idOf = (n: number): string => `post0000000000${n}`

/** Puts the posts and comments back that requests may have changed. */
async function restore({ app, admin, ids }: World): Promise<void> {
  await app.delete('/api/collections/comments/truncate', { token: admin.token })
  await app.delete('/api/collections/posts/truncate', { token: admin.token })
  const { ann, bea } = ids
  const [red, blue] = ['red000000000000', 'blue00000000000']
  await createRecords(
    app,
    admin.token,
    'posts',
    { id: idOf(0), title: 'alpha', views: 3, author: ann, team: red, labels: ['red'] },
    { id: idOf(1), title: 'Alpha', views: 0, author: bea, team: blue, published: true },
    { id: idOf(2), title: 'other', author: ann, meta: { level: 2 }, labels: ['red', 'blue'] },
    { id: idOf(3), title: 'beta', views: 2, team: blue },
    { id: idOf(4), title: 'gamma', author: bea, meta: { level: '1' } },
  )
  await createRecords(
    app,
    admin.token,
    'comments',
    { text: 'x', author: ann, post: idOf(0) },
    { text: 'y', author: bea, post: idOf(0) },
    { text: 'x', author: bea, post: idOf(1) },
    { text: 'x', post: idOf(2) },
  )
}

/** The requests whose explanation is wrong, or changed something. */
export async function disagreements(world: World, given: ExplainedCase): Promise<unknown[]> {
  const { app, admin } = world
  await restore(world)
  const found: unknown[] = []
  const rules = ['list', 'view', 'create', 'update', 'delete'].map((name) => `${name}Rule`)
  const store = (text: string) =>
    changeCollection(app, admin.token, 'posts', Object.fromEntries(rules.map((n) => [n, text])))

  await store('')
  const drafts = new Map<Sent, Answer>()
  for (const each of given.sent) {
    if (each.isDraft) drafts.set(each, await explain(world, each, given.rule))
  }
  await store(given.rule)
  for (const each of given.sent) {
    const before = await digest()
    const explained = drafts.get(each) ?? (await explain(world, each, null))
    const isUnchanged = (await digest()) === before
    const wrong = differenceOf(each, explained, await send(world, each))
    if (wrong !== undefined || !isUnchanged) {
      found.push({ rule: given.rule, request: each, isUnchanged, wrong, explained: explained.body })
    }
    // Drafts were explained before any request changed a record.
    if (each.action !== 'list' && each.action !== 'view') await restore(world)
  }
  return found
}

async function explain({ app, admin, ids }: World, request: Sent, draft: string | null) {
  const { action, caller, record, q, key } = request
  const accounts: Readonly<Record<string, unknown>> = {
    guest: null,
    ann: { collection: 'users', id: ids['ann'] },
    bea: { collection: 'users', id: ids['bea'] },
    admin: { collection: '_superusers', id: admin.id },
  }
  return await app.post(
    '/api/rules/explain',
    {
      collection: 'posts',
      action,
      auth: accounts[caller],
      record: action === 'create' ? '' : idOf(record),
      body: bodyOf(request, ids),
      query: q === '' ? {} : { q },
      headers: key === '' ? {} : { 'X-Key': key },
      rule: draft,
    },
    { token: admin.token },
  )
}

function bodyOf({ action, body: values }: Sent, ids: World['ids']): object {
  if (action !== 'create' && action !== 'update') return {}
  const { author, ...others } = values
  return { ...others, ...(author === undefined ? {} : { author: ids[author] }) }
}

const noHeaders: Readonly<Record<string, string>> = {}

async function send({ app, ids, tokens }: World, request: Sent): Promise<Answer> {
  const { action, caller, record, q, key } = request
  const path = '/api/collections/posts/records'
  const query = q === '' ? '' : `?q=${q}`
  const token = tokens[caller]
  const options: RequestOptions = {
    ...(token === undefined ? {} : { token }),
    headers: key === '' ? noHeaders : { 'X-Key': key },
  }
  switch (action) {
    case 'list':
      return await app.get(path + query, options)
    case 'create':
      return await app.post(path + query, bodyOf(request, ids), options)
    case 'update':
      return await app.patch(`${path}/${idOf(record)}${query}`, bodyOf(request, ids), options)
    case 'delete':
      return await app.delete(`${path}/${idOf(record)}${query}`, options)
    case 'view':
      return await app.get(`${path}/${idOf(record)}${query}`, options)
  }
}

interface Explained {
  readonly allowed: boolean
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly refusedBy: string | null
  readonly bypass: boolean
  readonly tree: { readonly holds: boolean } | null
}

function differenceOf(request: Sent, explained: Answer, answer: Answer): unknown {
  if (explained.status !== 200) return { explanation: explained.body }
  const { allowed, status, message, data, refusedBy, bypass, tree } = explained.body as Explained
  const isList = request.action === 'list'
  const { items = [] } = isList ? (answer.body as { items: { id: string }[] }) : {}
  const isAllowed = isList
    ? items.some(({ id }) => id === idOf(request.record))
    : answer.status < 300
  const refusal = answer.status < 400 ? undefined : answer.body
  const expected = { allowed: isAllowed, status: answer.status, refusal }
  const given = {
    allowed,
    status,
    refusal: status < 400 ? undefined : { data, message, status },
  }
  if (JSON.stringify(given) !== JSON.stringify(expected)) return { expected, given }
  const isRuleKnown = !bypass && tree !== null
  const holds = isRuleKnown ? tree.holds : undefined
  return isRuleKnown && holds !== (refusedBy !== 'rule') ? { holds, refusedBy } : undefined
}

/** A digest of everything that requests can change. */
async function digest(): Promise<string> {
  const { results: tables } = await bindings.DB.prepare(
    `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' AND "name" NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND "name" NOT LIKE 'sqlite%'`,
  ).all<{ name: string }>()
  const rows = await bindings.DB.batch(
    tables.map(({ name }) => bindings.DB.prepare(`SELECT * FROM "${name}"`)),
  )
  const text = JSON.stringify(rows.map(({ results }) => results))
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(bytes).join()
}
