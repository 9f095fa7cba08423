import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { type ServedWorkers, serveWorkers } from './support/serve-workers.ts'

const frontEnd = {
  'index.html': 'the front end',
  'about.html': 'about',
  'assets/app.js': 'export {}',
  'favicon.ico': 'an icon',
  'api/health': 'not the API',
  '_/inbox': 'not the inbox',
  '.env': 'SECRET=1',
  '.git/config': 'a remote',
  '.well-known/security.txt': 'a contact',
}

let folder: string
let served: ServedWorkers<'site' | 'empty'>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-public-'))
  const [site, empty] = [join(folder, 'site'), join(folder, 'empty')]
  for (const [path, content] of Object.entries(frontEnd)) {
    await mkdir(dirname(join(site, path)), { recursive: true })
    await writeFile(join(site, path), content)
  }
  await mkdir(empty)
  for (const file of ['.assetsignore', '_headers']) {
    await cp(join(projectFolder, 'public', file), join(site, file))
    await cp(join(projectFolder, 'public', file), join(empty, file))
  }
  await writeFile(join(folder, 'secret.txt'), 'outside')
  const entries = { site: 'src/worker.ts', empty: 'src/worker.ts' }
  served = await serveWorkers(entries, {}, { site, empty })
}, 120_000)

afterAll(async () => {
  await served?.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Response {
  readonly status: number | undefined
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

/** Sends a path unchanged; `fetch` would resolve its dots. */
async function send(name: 'site' | 'empty', path: string, method = 'GET'): Promise<Response> {
  const { hostname, port } = new URL(served.origins[name])
  return await new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        resolve({ status: response.statusCode, body, headers: response.headers })
      })
    })
    sent.on('error', reject).end()
  })
}

describe('a front end in public/', () => {
  it.for([
    ['/', 'the front end'],
    ['/about', 'about'],
    ['/assets/app.js', 'export {}'],
    ['/favicon.ico', 'an icon'],
    ['/.well-known/security.txt', 'a contact'],
  ] as const)('is served at %s', async ([path, content], { expect }) => {
    const { status, body } = await send('site', path)

    expect([status, body]).toEqual([200, content])
  })

  it.for(['/posts/1', '/posts/1?tab=a', '/apis', '/api'])(
    'serves its index.html for %s, a path of its own router',
    async (path, { expect }) => {
      const { status, body } = await send('site', path)

      expect([status, body]).toEqual([200, 'the front end'])
    },
  )

  it('has the security headers of public/_headers, and no content policy', async ({ expect }) => {
    const { headers } = await send('site', '/')

    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'strict-origin-when-cross-origin',
    })
    expect(headers).not.toHaveProperty('content-security-policy')
  })

  it('does not shadow the API or /_/', async ({ expect }) => {
    const health = await send('site', '/api/health')
    const unknown = await send('site', '/api/none')
    const inbox = await send('site', '/_/inbox')
    const page = await send('site', '/_/auth/email-confirmed')

    expect(JSON.parse(health.body)).toMatchObject({ message: 'API is healthy.' })
    expect([unknown.status, inbox.status, page.status]).toEqual([404, 404, 200])
  })

  it.for([
    '/.env',
    '/.git/config',
    '/.assetsignore',
    '/_headers',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '//secret.txt',
    '/%00',
    '/%zz',
  ])('gives away no other file for %s', async (path, { expect }) => {
    const { body } = await send('site', path)

    expect(['', 'the front end']).toContain(body)
  })

  it('redirects to no other host', async ({ expect }) => {
    for (const path of [
      '//evil.example',
      '//evil.example/..',
      '/%2f/evil.example/',
      '/\\evil.example',
    ]) {
      const { headers } = await send('site', path)

      expect(headers.location ?? '/', path).toMatch(/^\/(?![/\\])/)
    }
  })
})

describe('an empty public/', () => {
  it('leaves the root and its icon to Arete', async ({ expect }) => {
    const home = await send('empty', '/')
    const icon = await send('empty', '/favicon.ico')

    expect(home.body).toContain('<h1>Arete is running</h1>')
    expect(icon.headers['content-type']).toBe('image/svg+xml')
  })

  it.for([
    ['GET', '/posts/1'],
    ['GET', '/index.html'],
    ['POST', '/'],
  ] as const)('answers %s %s as an API does', async ([method, path], { expect }) => {
    const { status, body } = await send('empty', path, method)

    expect([status, JSON.parse(body)]).toMatchObject([404, { status: 404 }])
  })
})
