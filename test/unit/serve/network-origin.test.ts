import type { IncomingMessage } from 'node:http'
import { describe, it } from 'vitest'
import { createRewriteOrigin } from '#serve/network-origin.ts'

interface Sent {
  readonly from: string
  readonly headers?: readonly string[]
  readonly url?: string
}

/** Rewrites a request and returns its address and its headers by name. */
function rewrite(proxies: readonly string[], { from, headers = [], url = '/api/x' }: Sent) {
  const rawHeaders = ['Host', 'example.com', ...headers]
  const named = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
  )
  const incoming = {
    socket: { remoteAddress: from },
    rawHeaders,
    headers: Object.fromEntries(named),
    url,
  }
  createRewriteOrigin(proxies)(incoming as unknown as IncomingMessage)
  const pairs = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : [],
  )
  return { url: incoming.url, headers: Object.fromEntries(pairs), parsed: incoming.headers }
}

describe('a request without a trusted proxy', () => {
  it.for([
    'CF-Connecting-IP',
    'cf-connecting-ip',
    'CF_Connecting_IP',
    'CF-IPCountry',
    'X-Forwarded-For',
    'X_Forwarded_For',
    'X-Forwarded-Proto',
    'Forwarded',
    'X-Real-IP',
    'True-Client-IP',
    'Fly-Client-IP',
  ])('cannot state its origin in %s', (name, { expect }) => {
    const forged = [name, '203.0.113.9']

    const { headers, parsed, url } = rewrite([], { from: '192.0.2.1', headers: forged })

    expect(headers).toEqual({ Host: 'example.com', 'CF-Connecting-IP': '192.0.2.1' })
    expect(parsed).toEqual({ host: 'example.com', 'cf-connecting-ip': '192.0.2.1' })
    expect(url).toBe('/api/x')
  })

  it('keeps its other headers', ({ expect }) => {
    const headers = ['Authorization', 'token', 'X-Token', 'a', 'Cookie', 'b']

    const rewritten = rewrite(['10.0.0.0/8'], { from: '192.0.2.1', headers })

    expect(rewritten.headers).toMatchObject({ Authorization: 'token', 'X-Token': 'a', Cookie: 'b' })
  })

  it('has an IPv4 address when the socket takes IPv6 too', ({ expect }) => {
    const { headers } = rewrite([], { from: '::ffff:192.0.2.1' })

    expect(headers['CF-Connecting-IP']).toBe('192.0.2.1')
  })
})

describe('a request from a trusted proxy', () => {
  it.for([
    { name: 'the client that it names', forwarded: '203.0.113.9', client: '203.0.113.9' },
    { name: 'the last one not trusted', forwarded: '1.1.1.1, 203.0.113.9', client: '203.0.113.9' },
    { name: 'none of the proxies', forwarded: '203.0.113.9, 10.0.0.7', client: '203.0.113.9' },
    { name: 'an address with a port', forwarded: '203.0.113.9:5000', client: '203.0.113.9' },
    { name: 'IPv6 in brackets', forwarded: '[2001:db8::1]:5000', client: '2001:db8::1' },
    { name: 'no text that is no address', forwarded: 'unknown', client: '10.0.0.1' },
  ])('is from $name', ({ forwarded, client }, { expect }) => {
    const headers = ['X-Forwarded-For', forwarded, 'CF-Connecting-IP', '198.51.100.1']

    const rewritten = rewrite(['10.0.0.0/8'], { from: '10.0.0.1', headers })

    expect(rewritten.headers['CF-Connecting-IP']).toBe(client)
  })

  it('has the scheme of the proxy', ({ expect }) => {
    const headers = ['X-Forwarded-Proto', 'https']

    expect(rewrite(['10.0.0.1'], { from: '10.0.0.1', headers }).url).toBe(
      'https://example.com/api/x',
    )
    expect(rewrite(['10.0.0.1'], { from: '10.0.0.2', headers }).url).toBe('/api/x')
  })
})

describe('a list of trusted proxies', () => {
  it.for(['x', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', '::1/129', '*'])(
    'refuses %s',
    (proxy, { expect }) => {
      expect(() => createRewriteOrigin([proxy])).toThrow(RangeError)
    },
  )

  it('takes addresses and blocks of both versions', ({ expect }) => {
    const headers = ['X-Forwarded-For', '203.0.113.9']

    const { headers: found } = rewrite(['192.0.2.1', 'fd00::/8'], { from: 'fd00::1', headers })

    expect(found['CF-Connecting-IP']).toBe('203.0.113.9')
  })
})
