import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { createTestApp, type RequestOptions, type TestApp } from '../../support/test-app.ts'

type Endpoint = readonly [method: string, path: string]

/** Its response is a stream that does not end by itself, and it takes no input. */
const stream = 'GET /api/realtime'

/**
 * Every endpoint, for the collection users and the record `ID`. Deletions have a missing target,
 * since later requests would find nothing otherwise.
 */
function endpointsOf(app: TestApp): readonly Endpoint[] {
  const routes = [...new Set(app.routes)].filter((route) => route !== stream)
  return routes.map((route) => {
    const [method = '', path = ''] = route.split(' ')
    const isDeletion = method === 'DELETE'
    const filled = path
      .replace(':collection', isDeletion && !path.includes('sessions') ? 'none' : 'users')
      .replace(':id', isDeletion ? 'none' : 'ID')
      .replace(':token', 'a.b.c')
      .replace(/:number\{.*\}/, '1')
    return [method, filled]
  })
}

const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=xx'

/** Bodies that no client should send, with their content types. */
const bodies: readonly (readonly [
  name: string,
  body: string | Uint8Array,
  contentType?: string,
])[] = [
  ['malformed JSON', '{"email":}'],
  ['unfinished JSON', '{"email":"a"'],
  ['an array', '[1,2]'],
  ['a scalar', '12'],
  ['null', 'null'],
  ['only white space', '   '],
  ['nested deeply', `{"email":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a number out of range', '{"emailVisibility":1e400,"logs":{"maxDays":1e400}}'],
  ['a huge whole number', '{"name":12345678901234567890,"logs":{"maxDays":12345678901234567890}}'],
  [
    'wrong types',
    '{"email":{"a":1},"password":[1],"identity":5,"meta":7,"fields":1,"requests":{}}',
  ],
  [
    'other wrong types',
    '{"email":null,"verified":"x","identity":[],"meta":[],"name":{},"requests":[1]}',
  ],
  ['a prototype', '{"__proto__":{"email":"a"},"constructor":{"prototype":1},"toString":1}'],
  [
    'bytes that are no UTF-8',
    Uint8Array.from([...Buffer.from('{"email":"'), 0xff, 0xc0, 0x22, 0x7d]),
  ],
  ['NUL and half a surrogate pair', '{"email":"a\\u0000b","name":"\\ud800","identity":"\\udfff"}'],
  ['an unknown content type', 'x', 'text/plain'],
  ['a content type in capitals', '{}', 'Application/JSON'],
  ['a form with a bad escape', 'email=%zz', form],
  ['a form that is no UTF-8', 'email=%ff%fe&identity=%c0', form],
  ['a form with a bad JSON payload', '@jsonPayload={', form],
  ['multipart without a boundary', 'x', 'multipart/form-data'],
  ['multipart without parts', 'x', multipart],
  [
    'multipart cut short',
    '--xx\r\nContent-Disposition: form-data; name="email"\r\n\r\na',
    multipart,
  ],
]

const queries = [
  '?page=x&perPage=1e3&skipTotal=maybe',
  '?page=9223372036854775807&perPage=1',
  '?filter=%00%ff%zz((&sort=,,-%00',
  '?sort=__proto__,constructor&filter=constructor=1',
  '?fields=a:b(&expand=%00..__proto__.a',
  '?expand=a.b.c.d.e.f.g.h.i,__proto__,toString,constructor.name',
  `?filter=${'('.repeat(3000)}`,
]

const tokens = [
  'x',
  'a.b.c',
  'Bearer ',
  'eyJhbGciOiJub25lIn0.eyJpZCI6IngiLCJ0eXBlIjoiYXV0aCJ9.',
  'eyJhbGciOiJIUzI1NiJ9.bnVsbA.x',
  'eyJhbGciOiJIUzI1NiJ9.eyJjb2xsZWN0aW9uSWQiOnt9fQ.x',
  `${'a'.repeat(8000)}.b.c`,
]

const paths = [
  '/api/collections/%00/records',
  '/api/collections/%ff/records/%zz',
  '/api/collections/__proto__/records',
  '/api/collections/constructor/auth-with-password',
  `/api/collections/${'x'.repeat(4000)}/records`,
  '/api/collections/users/records/%00',
  `/api/collections/users/records/${'%F0%9F%98%80'.repeat(300)}`,
  '/api/collections/users/records/..%2f..%2fsettings',
]

/** The errors of every endpoint for one request, as a list of defects: empty if there are none. */
async function defects(
  app: TestApp,
  userId: string,
  options: RequestOptions,
  query = '',
): Promise<string[]> {
  const found: string[] = []
  for (const [method, path] of endpointsOf(app)) {
    const request = method === 'GET' ? { ...options, body: undefined } : options
    const answer = await app.request(method, path.replace('ID', userId) + query, request)
    if (answer.status >= 500) found.push(`${method} ${path}: ${answer.status}`)
    const isPage = path.startsWith('/_/')
    if (answer.status >= 400 && !isPage && !isEnvelope(answer.body, answer.status)) {
      found.push(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    }
  }
  return found
}

function isEnvelope(body: unknown, status: number): boolean {
  const { data, message, ...rest } = body as Record<string, unknown>
  const isComplete = typeof data === 'object' && typeof message === 'string'
  return isComplete && rest['status'] === status
}

async function setUp(): Promise<{ app: TestApp; userId: string; token: string }> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await app.patch(
    '/api/settings',
    { rateLimits: { enabled: false }, batch: { enabled: true } },
    { token },
  )
  const { id } = await signUp(app, 'user@example.com')
  return { app, userId: id, token }
}

describe('every endpoint', () => {
  it.for(bodies)('rejects or ignores %s, never with a 500', async ([, body, type], { expect }) => {
    const { app, userId, token } = await setUp()
    const headers = { 'Content-Type': type ?? 'application/json' }

    const guest = await defects(app, userId, { body, headers })
    const superuser = await defects(app, userId, { body, headers, token })

    expect([...guest, ...superuser]).toEqual([])
  })

  it.for(queries)(
    'rejects or ignores the query %s, never with a 500',
    async (query, { expect }) => {
      const { app, userId, token } = await setUp()

      expect(await defects(app, userId, { body: {}, token }, query)).toEqual([])
    },
  )

  it.for(tokens)('treats the bearer of the token %.40s as a guest', async (token, { expect }) => {
    const { app, userId } = await setUp()

    const found = await defects(app, userId, { body: {}, token })
    const { status } = await app.get('/api/settings', { token })

    expect(found).toEqual([])
    expect(status).toBe(401)
  })

  it.for(paths)('finds nothing at %.60s', async (path, { expect }) => {
    const { app, token } = await setUp()

    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
      const { status } = await app.request(method, path, {
        token,
        body: method === 'GET' ? undefined : {},
      })
      expect(status, method).toBeGreaterThanOrEqual(400)
      expect(status, method).toBeLessThan(500)
    }
  })
})

describe('a body over the limit', () => {
  const tooLarge = { data: {}, message: 'Request entity too large.', status: 413 }
  const chunk = new Uint8Array(1024 * 1024).fill(0x20)

  /** JSON that ends after this many mebibytes, without a declared length. */
  function endless(mebibytes: number): ReadableStream {
    let sent = 0
    return new ReadableStream({
      pull(controller) {
        if (sent++ < mebibytes) controller.enqueue(chunk)
        else controller.close()
      },
    })
  }

  it('is rejected by its declared length', async ({ expect }) => {
    const answer = await createTestApp().post('/api/collections/users/auth-with-password', '{}', {
      headers: { 'Content-Length': String(33 * 1024 * 1024) },
    })

    expect(answer.body).toEqual(tooLarge)
  })

  it('is rejected while it is read, without a declared length', async ({ expect }) => {
    const answer = await createTestApp().post(
      '/api/collections/users/auth-with-password',
      endless(200),
    )

    expect(answer.body).toEqual(tooLarge)
  })

  it('is read within the limit', async ({ expect }) => {
    const answer = await createTestApp().post('/api/collections/users/records', endless(2))

    expect(answer.status).toBe(400)
  })
})
