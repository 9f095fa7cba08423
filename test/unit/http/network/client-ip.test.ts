import { Hono } from 'hono'
import { describe, it } from 'vitest'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp, type ProxyTrust } from '#http/network/client-ip.ts'

async function ipOf(
  headers: HeadersInit,
  trustedProxy: ProxyTrust['trustedProxy'],
): Promise<string> {
  const app = new Hono<AppEnv>().get('/', (c) => c.text(clientIp(c, { trustedProxy })))
  return await (await app.request('/', { headers })).text()
}

const trusting = { headers: ['X-Real', 'X-Forwarded-For'], useLeftmostIP: false }
const untrusting = { headers: [], useLeftmostIP: false }
const edgeFirst = { headers: ['CF-Connecting-IP', 'X-Forwarded-For'], useLeftmostIP: false }
const edge = { 'CF-Connecting-IP': '3.3.3.3' }
const spoofed = Object.fromEntries(
  ['X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'Forwarded', 'CF_Connecting_IP'].map((name) => [
    name,
    '6.6.6.6',
  ]),
)
const twice = new Headers([
  ['X-Forwarded-For', '1.1.1.1'],
  ['X-Forwarded-For', '2.2.2.2'],
])
const forwarded = { 'X-Forwarded-For': ' 1.1.1.1, 2.2.2.2 ,nonsense' }

describe('the address of a client', () => {
  it.for([
    ['no header', {}, trusting, '127.0.0.1'],
    ['an untrusted header', forwarded, untrusting, '127.0.0.1'],
    ['untrusted headers of every kind', spoofed, untrusting, '127.0.0.1'],
    ['the right-most', forwarded, trusting, '2.2.2.2'],
    ['the left-most', forwarded, { ...trusting, useLeftmostIP: true }, '1.1.1.1'],
    ['the first header with one', { ...forwarded, 'X-Real': 'x' }, trusting, '2.2.2.2'],
    ['the settings, not the edge', { ...forwarded, ...edge }, trusting, '2.2.2.2'],
    ['the edge alone, without settings', { ...forwarded, ...edge }, untrusting, '3.3.3.3'],
    ['the edge, where no trusted header came', edge, trusting, '3.3.3.3'],
    [
      'the edge, where the trusted ones hold no address',
      { ...edge, 'X-Real': 'x' },
      trusting,
      '3.3.3.3',
    ],
    ['the edge, where the settings name it', { ...forwarded, ...edge }, edgeFirst, '3.3.3.3'],
    ['a header that came twice, the last of it', twice, trusting, '2.2.2.2'],
    [
      'IPv6 in full',
      { 'CF-Connecting-IP': '2001:db8::1' },
      trusting,
      '2001:0db8:0000:0000:0000:0000:0000:0001',
    ],
    ['no header at all', {}, { ...trusting, headers: ['', 'ü x', '\n'] }, '127.0.0.1'],
  ] as const)('is what is said by %s', async ([, headers, trust, ip], { expect }) => {
    expect(await ipOf(headers, trust)).toBe(ip)
  })
})
