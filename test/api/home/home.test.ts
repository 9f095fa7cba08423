import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { failingDatabase } from '../../support/failing-database.ts'
import { createTestApp } from '../../support/test-app.ts'

describe('the start page', () => {
  it('says that Arete runs, and where health and documentation are', async ({ expect }) => {
    const app = createTestApp()

    const { status, body, headers } = await app.get('/')

    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('<h1>Arete is running</h1>')
    expect(body).toContain('href="/api/health"')
    expect(body).toContain('href="https://pocketbase.io/docs/api-records/"')
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  })

  it('shows the name of the application as text', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.patch('/api/settings', { meta: { appName: '<b>Notes</b>' } }, { token })

    const { body } = await app.get('/')

    expect(body).toContain('&lt;b&gt;Notes&lt;/b&gt;')
    expect(body).not.toContain('<b>')
  })

  it.for([
    { name: 'the own machine', overrides: { LOCAL_INBOX: '1' }, isShown: true },
    {
      name: 'a name pointed at it',
      overrides: { LOCAL_INBOX: '1' },
      headers: { Host: 'evil.example' },
      isShown: false,
    },
    { name: 'a deployment', overrides: {}, isShown: false },
  ])('shows $name the inbox and commands: $isShown', async (visit, { expect }) => {
    const { overrides, headers = {}, isShown } = visit
    const app = createTestApp(overrides)

    const { body } = await app.get('/', { headers })

    expect(String(body).includes('/_/mail/inbox')).toBe(isShown)
    expect(String(body).includes('npm run')).toBe(isShown)
  })

  it('is a page even if the database fails', async ({ expect }) => {
    let database = bindings.DB
    const app = createTestApp({
      get DB() {
        return database
      },
    })
    await app.get('/')
    database = failingDatabase('before', /./)

    const { status, body } = await app.get('/')

    expect(status).toBe(503)
    expect(body).toContain('<h1>Something went wrong</h1>')
    expect(body).not.toContain('D1_ERROR')
  })
})

describe('the icon', () => {
  it('is an SVG that may be cached', async ({ expect }) => {
    const { status, body, headers } = await createTestApp().get('/favicon.ico')

    expect([status, headers.get('Content-Type')]).toEqual([200, 'image/svg+xml'])
    expect(headers.get('Cache-Control')).toBe('public, max-age=86400')
    expect(body).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  })

  it('is the icon of every page', async ({ expect }) => {
    const app = createTestApp({ LOCAL_INBOX: '1' })

    for (const path of ['/', '/_/', '/_/auth/email-confirmed']) {
      const { body, headers } = await app.get(path)

      expect(body, path).toMatch(/<link rel="icon" href="\/favicon.ico" ?\/>/)
      expect(headers.get('Content-Security-Policy'), path).toContain("img-src 'self' data:")
    }
  })
})
