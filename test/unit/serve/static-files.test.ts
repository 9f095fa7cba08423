import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, vi } from 'vitest'
import { serveTrial } from '../../support/served-trial.ts'

const frontEnd = {
  'index.html': 'the front end',
  'about.html': 'about',
  'docs/index.html': 'docs',
  'assets/app.js': 'export {}',
  'assets/app.js.map': 'a map',
  'über.txt': 'ü',
  'api/health': 'not the API',
  '_/inbox': 'not the inbox',
  '.env': 'SECRET=1',
  '.git/config': 'a remote',
  '.well-known/security.txt': 'a contact',
  '.assetsignore': '# ours\n.*\n!.well-known\n*.map\n',
  _headers: '/*\n  X-Content-Type-Options: nosniff\n/assets/*\n  Cache-Control: immutable\n',
}

describe('a front end', () => {
  it('is served by path, and by its router for other paths', async ({ expect }) => {
    const { send } = await serveTrial(frontEnd)
    const cases: Record<string, string> = {
      '/': 'the front end',
      '/about': 'about',
      '/about?x=1': 'about',
      '/docs/': 'docs',
      '/assets/app.js': 'export {}',
      '/%C3%BCber.txt': 'ü',
      '/.well-known/security.txt': 'a contact',
      '/posts/1': 'the front end',
      '/apis': 'the front end',
      '/api': 'the front end',
    }
    const found: Record<string, string> = {}

    for (const path of Object.keys(cases)) found[path] = (await send(path)).body

    expect(found).toEqual(cases)
  })

  it.for([
    ['/about.html', '/about'],
    ['/index.html', '/'],
    ['/docs', '/docs/'],
    ['/docs/index.html?a=b', '/docs/?a=b'],
    ['/about/', '/about'],
  ] as const)('redirects %s to %s', async ([path, location], { expect }) => {
    const { send } = await serveTrial(frontEnd)

    const { status, headers } = await send(path)

    expect([status, headers.location]).toEqual([307, location])
  })

  it('gives away no other file', async ({ expect }) => {
    const { send, publicFolder } = await serveTrial(frontEnd)
    await writeFile(join(publicFolder, '../secret.txt'), 'outside')
    await symlink(join(publicFolder, '../secret.txt'), join(publicFolder, 'link.txt'))
    const paths = [
      '/.env',
      '/.git/config',
      '/.assetsignore',
      '/_headers',
      '/_HEADERS',
      '/assets/app.js.map',
      '/link.txt',
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/%252e%252e/secret.txt',
      '/./index.html/../../secret.txt',
      '/%00',
      '/%zz',
    ]
    const bodies: string[] = []

    for (const path of paths) bodies.push((await send(path)).body)

    expect(new Set(bodies)).toEqual(new Set(['the front end']))
  })

  it('leaves the API and the dashboard to the app', async ({ expect }) => {
    const { send } = await serveTrial(frontEnd)

    const [health, inbox, post] = [
      await send('/api/health'),
      await send('/_/inbox'),
      await send('/about', { method: 'POST' }),
    ]

    expect(JSON.parse(health.body)).toMatchObject({ message: 'API is healthy.' })
    expect([inbox.status, post.status]).toEqual([404, 404])
  })

  it('redirects to no other host', async ({ expect }) => {
    const { send } = await serveTrial(frontEnd)

    for (const path of ['//evil.example', '//evil.example/..', '/%2f/evil.example/', '//about/']) {
      const { headers } = await send(path)

      expect(headers.location ?? '/', path).toMatch(/^\/(?![/\\])/)
    }
  })

  it('has types, headers, and an ETag for the next time', async ({ expect }) => {
    const { send } = await serveTrial(frontEnd)

    const first = await send('/assets/app.js')
    const head = await send('/assets/app.js', { method: 'HEAD' })
    const again = await send('/assets/app.js', {
      headers: { 'If-None-Match': String(first.headers.etag) },
    })

    expect(first.headers).toMatchObject({
      'content-type': expect.stringMatching('javascript'),
      'content-length': '9',
      'x-content-type-options': 'nosniff',
      'cache-control': 'immutable',
    })
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '9'])
    expect([again.status, again.body, again.headers.etag]).toEqual([304, '', first.headers.etag])
  })

  it('shows files that are added later', async ({ expect }) => {
    const { send, publicFolder } = await serveTrial()
    const before = await send('/later.txt')

    await writeFile(join(publicFolder, 'later.txt'), 'later')

    expect(before.status).toBe(404)
    await vi.waitUntil(async () => (await send('/later.txt')).body === 'later', {
      timeout: 60_000,
    })
  })
})

describe('an empty folder', () => {
  it('leaves every path to the app', async ({ expect }) => {
    const { send } = await serveTrial()

    const [home, icon, path] = [
      await send('/'),
      await send('/favicon.ico'),
      await send('/index.html'),
    ]

    expect(home.body).toContain('Arete is running')
    expect(icon.headers['content-type']).toBe('image/svg+xml')
    expect(path.status).toBe(404)
  })
})
