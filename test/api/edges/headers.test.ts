import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

const answers = [
  ['a success', 'GET', '/api/health'],
  ['an unknown path', 'GET', '/nowhere'],
  ['a refusal', 'GET', '/api/settings'],
  ['a redirect', 'GET', '/api//health'],
  ['bad input', 'POST', '/api/collections/users/auth-with-password'],
] as const

describe('every response', () => {
  it.for(answers)('has the security headers: %s', async ([, method, path], { expect }) => {
    const { headers } = await createTestApp().request(method, path)

    expect(headers.get('X-XSS-Protection')).toBe('1; mode=block')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN')
    expect(headers.get('Vary')).toBe('Origin')
    expect(headers.get('X-Request-Id')).toMatch(/^[\w-]{20,}$/)
    expect(headers.get('Server-Timing') ?? 'd1').toMatch(/^d1/)
  })

  it.for(answers)('may be read by any page: %s', async ([, method, path], { expect }) => {
    const headers = { Origin: 'https://app.example.com' }

    const answer = await createTestApp().request(method, path, { headers })

    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })

  it('has an id from the server, whatever the client sends', async ({ expect }) => {
    const app = createTestApp()
    const headers = { 'X-Request-Id': 'chosen-by-the-client-0000' }

    const ids = await Promise.all(
      answers.map(async ([, method, path]) => {
        const answer = await app.request(method, path, { headers })
        return answer.headers.get('X-Request-Id')
      }),
    )

    expect(new Set(ids).size).toBe(answers.length)
    expect(
      ids.filter((id) => !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id ?? '')),
    ).toEqual([])
  })

  it('names no origin without an Origin header', async ({ expect }) => {
    const { headers } = await createTestApp().get('/api/health')

    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
  })

  it('has HSTS over HTTPS, and not over HTTP', async ({ expect }) => {
    const app = createTestApp()

    const secure = await app.fetch('https://api.example.com/api/health')
    const local = await app.fetch('http://127.0.0.1:8787/api/health')

    expect(secure.headers.get('Strict-Transport-Security')).toContain('max-age=')
    expect(local.headers.get('Strict-Transport-Security')).toBeNull()
  })

  it('reports its trips to the database and the session store', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const guest = await app.get('/api/health')
    const superuser = await app.get('/api/settings', { token })

    expect(guest.headers.get('Server-Timing')).toBe(
      'd1;desc="0 batches", kv;desc="0 reads, 0 writes"',
    )
    expect(superuser.headers.get('Server-Timing')).toBe(
      'd1;desc="1 batch", kv;desc="1 read, 0 writes"',
    )
  })
})

describe('a preflight', () => {
  it('allows every method of the API and the headers asked for', async ({ expect }) => {
    const { status, headers, body } = await createTestApp().request('OPTIONS', '/api/settings', {
      headers: {
        Origin: 'https://app.example.com',
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization, content-type,x-custom',
      },
    })

    expect(status).toBe(204)
    expect(body).toBeUndefined()
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Access-Control-Allow-Methods')).toBe('GET,HEAD,PUT,PATCH,POST,DELETE')
    expect(headers.get('Access-Control-Allow-Headers')).toBe('authorization, content-type,x-custom')
    expect(headers.get('Vary')).toBe(
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    )
    expect(headers.get('Access-Control-Max-Age')).toBeNull()
  })

  it('does not query the database, whatever its token', async ({ expect }) => {
    const DB = {
      prepare: () => {
        throw new Error('The database was asked.')
      },
    }
    const app = createTestApp({ DB: DB as never })

    const { status } = await app.request('OPTIONS', '/api/settings', { token: 'a.b.c' })

    expect(status).toBe(204)
  })

  it('without an origin, of an unknown path, is a bare 204', async ({ expect }) => {
    const { status, headers } = await createTestApp().request('OPTIONS', '/nowhere')

    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Methods')).toBeNull()
    expect(headers.get('Vary')).toBe('Origin')
    expect(headers.get('X-Request-Id')).not.toBeNull()
    expect(headers.get('X-Frame-Options')).toBeNull()
  })
})
