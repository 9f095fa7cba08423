import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createBlog } from '../../support/blog.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import type { Answer, TestApp } from '../../support/test-app.ts'

/*
 * Whatever a client sends, the response is a record or an error with codes, and a rejected request
 * has changed nothing. Some values fit their field, and some do not.
 */

const path = '/api/collections/things/records'

const limits = { min: 1, max: 20 }
const fields = [
  { type: 'text', name: 'text', ...limits, pattern: '^[^x]*$' },
  { type: 'text', name: 'code', autogeneratePattern: '[a-z]{5}', required: true },
  { type: 'editor', name: 'editor', maxSize: 50 },
  { type: 'email', name: 'email', exceptDomains: ['example.org'] },
  { type: 'url', name: 'url', onlyDomains: ['example.com'] },
  { type: 'number', name: 'number', min: -10, max: 1000 },
  { type: 'number', name: 'whole', onlyInt: true },
  { type: 'bool', name: 'bool' },
  { type: 'date', name: 'date', min: '2020-01-01 00:00:00.000Z' },
  { type: 'json', name: 'json', maxSize: 200 },
  { type: 'geoPoint', name: 'geoPoint' },
  { type: 'select', name: 'one', values: ['a', 'b', 'c'], maxSelect: 1 },
  { type: 'select', name: 'many', values: ['a', 'b', 'c'], maxSelect: 2 },
  { type: 'relation', name: 'tag', collectionId: 'tags_id', maxSelect: 1 },
  { type: 'relation', name: 'tags', collectionId: 'tags_id', maxSelect: 2, minSelect: 1 },
  { type: 'file', name: 'file', maxSelect: 1 },
  { type: 'file', name: 'files', maxSelect: 2 },
  { type: 'password', name: 'password' },
  { type: 'autodate', name: 'changed', onCreate: true, onUpdate: true },
]
const names = ['id', ...fields.map(({ name }) => name), 'unknown', 'constructor', '__proto__']

const tagIds = ['tag000000000001', 'tag000000000002', 'tag000000000003']

const likely = fc.constantFrom<unknown>(
  ...['', 'a', 'b', 'd', 'abc', 'x', '12', '-5', '1e3', 'true', 'null', '[]', '{"a":1}', '["a"]'],
  ...[
    'a@example.com',
    'a@example.org',
    'https://example.com',
    '2026-01-02',
    '2019-01-02 03:04:05Z',
  ],
  ...[0, -0, 1, 7.5, -11, 1e300, -1e300, 1e-300, 2 ** 53, 2 ** 63, 1001, true, false, null],
  ...[[], {}, ['a', 'b'], ['a', 'b', 'c'], [null], [[]], ['', 'a', 'a'], { a: { b: [1] } }],
  ...[{ lon: 1, lat: 2 }, { lon: 500, lat: 'x' }, { lat: 91 }, tagIds, tagIds[0], [tagIds[1]]],
  ...['missing00000000', 'a\0b', '\ud800', '😀'.repeat(30), "'; DROP TABLE things; --", '"', '\\'],
  ...['x'.repeat(5001), '<script>alert(1)</script>', '%', '_', '${x}', '\u202e'],
)
const value = fc.oneof(
  { arbitrary: likely, weight: 4 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
)
const key = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom('', '', '', '+', '-', 'before', ':autogenerate'),
  )
  .map(([name, modifier]) => (modifier === 'before' ? `+${name}` : name + modifier))
const body = fc.dictionary(key, value, { maxKeys: 4 })

const runs = { numRuns: 150 }

async function createWorld() {
  const { app, admin } = await createBlog()
  const settings = { batch: { enabled: true }, rateLimits: { enabled: false } }
  await app.patch('/api/settings', settings, { token: admin.token })
  await createCollections(app, admin.token, {
    name: 'things',
    fields,
    updateRule:
      'number >= -10 && (@request.body.number:isset = false || @request.body.number < 900)',
    createRule: "text != 'forbidden' && @request.body.many:length < 9",
    indexes: ['CREATE UNIQUE INDEX `idx_things_whole` ON `things` (`whole`) WHERE `whole` != 0'],
  })
  await createRecords(app, admin.token, 'tags', ...tagIds.map((id) => ({ id, title: id })))
  const [id = ''] = await createRecords(app, admin.token, 'things', {
    ...{ text: 'old', number: 1, whole: 2, many: ['a'], tags: [tagIds[0]], json: { a: 1 } },
  })
  return { app, admin, id }
}

/** Everything that is stored. */
async function stored(table = 'things'): Promise<unknown> {
  const { results } = await bindings.DB.prepare(`SELECT * FROM "${table}" ORDER BY "id"`).all()
  return results
}

/** The defect of a response; undefined if there is none. */
function defectOf({ status, body: content }: Answer): string | undefined {
  if (status === 200) return undefined
  if (status !== 400 && status !== 404) return `status ${status}`
  const { data } = content as { data: Record<string, { code?: string }> }
  const nameless = Object.entries(data).filter(([, issue]) => typeof issue.code !== 'string')
  return nameless.length === 0 ? undefined : JSON.stringify(nameless)
}

/** Sends a body and checks the result. */
async function check(send: () => Promise<Answer>, app: TestApp): Promise<void> {
  const before = await stored()
  const answer = await send()
  const after = await stored()

  const defect = defectOf(answer)
  if (defect !== undefined) throw new Error(defect)
  if (answer.status !== 200) return assertEqual(after, before, 'A refused write left something')

  const { id } = answer.body as { id: string }
  const view = await app.get(`${path}/${id}`)
  assertEqual(view.body, answer.body, 'The answer is not what is stored')
}

function assertEqual(actual: unknown, expected: unknown, otherwise: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${otherwise}:\n${a}\n${b}`)
}

describe('any body', { timeout: 120_000 }, () => {
  it('creates the returned record, or is rejected as a whole', async ({ expect }) => {
    const { app } = await createWorld()
    const property = fc.asyncProperty(body, (data) => check(() => app.post(path, data), app))

    await expect(fc.assert(property, runs)).resolves.toBeUndefined()
  })

  it('updates a record as returned, or is rejected as a whole', async ({ expect }) => {
    const { app, id } = await createWorld()
    const property = fc.asyncProperty(body, (data) =>
      check(() => app.patch(`${path}/${id}`, data), app),
    )

    await expect(fc.assert(property, runs)).resolves.toBeUndefined()
  })

  it('as a form is accepted or rejected alike', async ({ expect }) => {
    const { app, id } = await createWorld()
    const entries = fc.array(fc.tuple(key, fc.oneof(fc.string({ unit: 'binary' }), likely)), {
      maxLength: 8,
    })
    const property = fc.asyncProperty(entries, fc.boolean(), (pairs, isMultipart) => {
      const form = isMultipart ? new FormData() : new URLSearchParams()
      for (const [name, content] of pairs) {
        form.append(name, typeof content === 'string' ? content : JSON.stringify(content))
      }
      return check(() => app.patch(`${path}/${id}`, form), app)
    })

    await expect(fc.assert(property, runs)).resolves.toBeUndefined()
  })

  it('in a batch is committed or rejected as a whole', async ({ expect }) => {
    const { app, id } = await createWorld()
    const request = fc.oneof(
      fc.record({ method: fc.constant('POST'), url: fc.constant(path), body }),
      fc.record({ method: fc.constant('PUT'), url: fc.constant(path), body }),
      fc.record({ method: fc.constant('PATCH'), url: fc.constant(`${path}/${id}`), body }),
    )
    const requests = fc.array(request, { minLength: 1, maxLength: 4 })
    const property = fc.asyncProperty(requests, async (list) => {
      const before = await stored()
      const { status, body: content } = await app.post('/api/batch', { requests: list })
      if (status === 200) return
      if (status !== 400) throw new Error(`status ${status}: ${JSON.stringify(content)}`)
      const inner = JSON.stringify(content).match(/"status":5\d\d/)
      if (inner !== null) throw new Error(JSON.stringify(content))
      assertEqual(await stored(), before, 'A refused batch left something')
    })

    await expect(fc.assert(property, { numRuns: 80 })).resolves.toBeUndefined()
  })

  it('changes an account or is rejected as a whole, and never changes secrets alone', async ({
    expect,
  }) => {
    const { app } = await createWorld()
    const user = await signUp(app, 'user@example.com')
    const own = `/api/collections/users/records/${user.id}`
    const accountKey = fc.constantFrom(
      ...['email', 'emailVisibility', 'verified', 'password', 'passwordConfirm', 'oldPassword'],
      ...['tokenKey', 'tokenKey:autogenerate', 'name', 'avatar', 'avatar-', 'id', 'expand'],
    )
    const account = fc.dictionary(accountKey, value, { maxKeys: 4 })
    const property = fc.asyncProperty(account, async (data) => {
      const before = await stored('users')
      const answer = await app.patch(own, data, { token: user.token })
      const defect = defectOf(answer)
      if (defect !== undefined) throw new Error(defect)
      if (answer.status !== 200) assertEqual(await stored('users'), before, 'Something is left')
      const { status } = await app.get(own, { token: user.token })
      if (status !== 200) throw new Error(`The session ended: ${status}`)
    })

    await expect(fc.assert(property, runs)).resolves.toBeUndefined()
  })
})
