import { describe, it } from 'vitest'
import type { Assets } from '#platform/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'

const shell = '<meta property="csp-nonce" nonce="{CSP_NONCE}"><script nonce="{CSP_NONCE}"></script>'
const frontEnd = '<h1>A front end</h1>'

/** The assets of a deployment with a single-page front end, and perhaps with a dashboard. */
function assetsWith(files: Readonly<Record<string, readonly [string, string]>>): Assets {
  return {
    fetch: async (url) => {
      const [content, type] = files[new URL(url).pathname] ?? [frontEnd, 'text/html']
      return new Response(content, { headers: { 'Content-Type': type } })
    },
  }
}

const built = assetsWith({
  '/_/': [shell, 'text/html; charset=utf-8'],
  '/_/assets/index-abc.js': ['run()', 'text/javascript'],
})

describe('the shell of the dashboard', () => {
  it.for(['/_/', '/_/c/posts', '/_/c/posts/abc?filter=x', '/_/sign-in'])(
    'is served at %s, with its own nonce and without caching',
    async (path, { expect }) => {
      const app = createTestApp({ ASSETS: built })

      const first = await app.get(path)
      const second = await app.get(path)

      const nonce = /nonce="([\w]{24})"/.exec(String(first.body))?.[1]
      expect(first.status).toBe(200)
      expect(first.body).toBe(shell.replaceAll('{CSP_NONCE}', String(nonce)))
      expect(first.headers.get('Content-Security-Policy')).toContain(`'nonce-${nonce}'`)
      expect(first.headers.get('Cache-Control')).toBe('no-store')
      expect(second.body).not.toBe(first.body)
    },
  )

  it('may run, load and be framed by its own origin at most', async ({ expect }) => {
    const { headers } = await createTestApp({ ASSETS: built }).get('/_/')

    const policy = headers.get('Content-Security-Policy')
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Permissions-Policy')).toContain('camera=()')
  })

  it.for(['/_/auth/none', '/_/inbox/none', '/_/assets'])(
    'leaves %s to the server',
    async (path, { expect }) => {
      const { status } = await createTestApp({ ASSETS: built }).get(path)

      expect(status).toBe(404)
    },
  )

  it.for([
    ['a front end only', assetsWith({})],
    ['no assets', undefined],
  ] as const)(
    'is a page with the command to build it where there is %s',
    async ([, assets], { expect }) => {
      const { status, body } = await createTestApp({ ASSETS: assets }).get('/_/c/posts')

      expect(status).toBe(200)
      expect(body).toContain('npm run build:dashboard')
      expect(body).not.toContain(frontEnd)
    },
  )
})

describe('the assets of the dashboard', () => {
  it('are cached forever, because their names change with their content', async ({ expect }) => {
    const { status, body, headers } = await createTestApp({ ASSETS: built }).get(
      '/_/assets/index-abc.js',
    )

    expect([status, body]).toEqual([200, 'run()'])
    expect(headers.get('Content-Type')).toBe('text/javascript')
    expect(headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('are 404 if they are missing, never the shell or the front end', async ({ expect }) => {
    const { status, body, headers } = await createTestApp({ ASSETS: built }).get(
      '/_/assets/index-old.js',
    )

    expect(status).toBe(404)
    expect(body).toMatchObject({ status: 404 })
    expect(headers.get('Cache-Control')).toBeNull()
  })

  it('wait for no database', async ({ expect }) => {
    const { headers } = await createTestApp({ ASSETS: built }).get('/_/assets/index-abc.js')

    expect(headers.get('Server-Timing')).toBeNull()
  })
})
