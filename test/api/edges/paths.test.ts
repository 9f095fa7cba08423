import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

const fileNotFound = { data: {}, message: 'File not found.', status: 404 }
const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }

describe('a path', () => {
  it.for([
    ['GET', '/api/nowhere', fileNotFound],
    ['GET', '/api/health/', fileNotFound],
    ['GET', '/API/health', fileNotFound],
    ['POST', '/api/nowhere', notFound],
    ['PUT', '/api/health', notFound],
    ['DELETE', '/api/settings', notFound],
  ] as const)('of no route is not found: %s %s', async ([method, path, body], { expect }) => {
    const answer = await createTestApp().request(method, path)

    expect(answer.status).toBe(404)
    expect(answer.body).toEqual(body)
  })

  it.for([
    ['/api//health', '/api/health'],
    ['/api///health?a=//b', '/api/health?a=//b'],
    // Not to another host.
    ['//example.com//x', '/example.com/x'],
  ] as const)('%s is redirected to %s', async ([path, location], { expect }) => {
    const response = await createTestApp().fetch(`http://127.0.0.1:8787${path}`, {
      redirect: 'manual',
    })

    expect(response.status).toBe(307)
    expect(response.headers.get('Location')).toBe(location)
  })

  it('is served to HEAD without a body', async ({ expect }) => {
    const answer = await createTestApp().request('HEAD', '/api/health')

    expect(answer.status).toBe(200)
    expect(answer.body).toBeUndefined()
    expect(answer.headers.get('Content-Type')).toBe('application/json')
  })
})

describe('health', () => {
  it('is available to guests, whatever their token', async ({ expect }) => {
    const app = createTestApp()

    const guest = await app.get('/api/health')
    const stranger = await app.get('/api/health', { token: 'no-token' })

    expect(guest.body).toEqual({ message: 'API is healthy.', code: 200, data: {} })
    expect(stranger.body).toEqual(guest.body)
  })

  it('shows superusers their own request info', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const headers = { 'CF-Connecting-IP': '192.0.2.7', 'X-Forwarded-For': '192.0.2.7' }

    const { body } = await app.get('/api/health', { token, headers })

    expect(body).toEqual({
      message: 'API is healthy.',
      code: 200,
      data: {
        canBackup: true,
        possibleProxyHeader: 'CF-Connecting-IP',
        realIP: '192.0.2.7',
        lastBackup: null,
        lastRestore: null,
      },
    })
  })

  it('returns the requested fields only', async ({ expect }) => {
    const app = createTestApp()

    const some = await app.get('/api/health?fields=code')
    const none = await app.get('/api/health?fields=code:nonsense()')

    expect(some.body).toEqual({ code: 200 })
    expect(none.body).toEqual({
      data: {},
      message: 'Something went wrong while processing your request.',
      status: 400,
    })
  })
})
