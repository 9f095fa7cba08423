import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createApp } from '#app.ts'
import type { RedirectMessage } from '#auth/oauth2/oauth2-redirect.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createExecution } from '#extension/testing/execution.ts'
import {
  acceptFakeProvider,
  createFakeProvider,
  fakeProviderOptions,
} from '../../support/fake-provider.ts'
import { createHeldLogs } from '#extension/testing/held-logs.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp, passwords } from '../../support/test-app.ts'

const path = '/api/oauth2-redirect'
const success = '../_/auth/oauth2-redirect-success'
const failure = '../_/auth/oauth2-redirect-failure'

/** The waiting clients by state; each receives one message. */
let waiting: Map<string, { ip?: string; received?: RedirectMessage }>
let fetchApp: (path: string, init?: RequestInit) => Promise<Response>

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  waiting = new Map()
  const app = createApp({
    logs: createHeldLogs(),
    passwords,
    mail: createMailbox().transports,
    redirectReceivers: {
      deliver: async (message, clientIp) => {
        const client = waiting.get(message.state)
        if (client === undefined || client.received !== undefined) return false
        if (client.ip !== undefined && client.ip !== clientIp) return false
        client.received = message
        return true
      },
    },
  })
  fetchApp = async (target, init = {}) => {
    const { context, settled } = createExecution()
    const request = new Request(`http://127.0.0.1:8787${target}`, { redirect: 'manual', ...init })
    const response = await app.fetch(request, bindings, context)
    await settled()
    return response
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

function posted(form: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(form) }
}

async function outcomeOf(response: Response): Promise<[number, string | null]> {
  return [response.status, response.headers.get('Location')]
}

describe('/api/oauth2-redirect', () => {
  it('delivers the code to the waiting client', async ({ expect }) => {
    waiting.set('client-1', {})

    const response = await fetchApp(`${path}?state=client-1&code=c0de`)

    expect(await outcomeOf(response)).toEqual([307, success])
    expect(waiting.get('client-1')?.received).toEqual({ state: 'client-1', code: 'c0de' })
  })

  it('accepts Apple’s POST, and redirects with GET', async ({ expect }) => {
    waiting.set('client-1', {})

    const response = await fetchApp(path, posted({ state: 'client-1', code: 'c0de' }))

    expect(await outcomeOf(response)).toEqual([303, success])
  })

  it('works once for a state', async ({ expect }) => {
    waiting.set('client-1', {})

    const responses = [
      await fetchApp(`${path}?state=client-1&code=first`),
      await fetchApp(`${path}?state=client-1&code=second`),
    ]

    expect(await Promise.all(responses.map(outcomeOf))).toEqual([
      [307, success],
      [307, failure],
    ])
    expect(waiting.get('client-1')?.received?.code).toBe('first')
  })

  it('delivers errors too', async ({ expect }) => {
    waiting.set('client-1', {})

    const response = await fetchApp(`${path}?state=client-1&error=access_denied`)

    expect(await outcomeOf(response)).toEqual([307, failure])
    expect(waiting.get('client-1')?.received).toEqual({
      state: 'client-1',
      code: '',
      error: 'access_denied',
    })
  })

  it('passes the user’s address to the receivers', async ({ expect }) => {
    waiting.set('client-1', { ip: '203.0.113.7' })
    const query = `${path}?state=client-1&code=c0de`

    const elsewhere = await fetchApp(query, { headers: { 'CF-Connecting-IP': '203.0.113.8' } })
    const same = await fetchApp(query, { headers: { 'CF-Connecting-IP': '203.0.113.7' } })

    expect(await outcomeOf(elsewhere)).toEqual([307, failure])
    expect(await outcomeOf(same)).toEqual([307, success])
  })

  it.for([
    { name: 'no state', target: path },
    { name: 'a state without a waiting client', target: `${path}?state=guessed&code=c0de` },
    { name: 'a state without a code', target: `${path}?state=client-1` },
  ])('leads $name to the page of a failure', async ({ target }, { expect }) => {
    waiting.set('client-1', {})

    expect(await outcomeOf(await fetchApp(target))).toEqual([307, failure])
  })

  it('redirects an unreadable body to the failure page', async ({ expect }) => {
    const headers = { 'Content-Type': 'application/json' }

    const response = await fetchApp(path, { method: 'POST', headers, body: '{"state":1}' })

    expect(await outcomeOf(response)).toEqual([303, failure])
  })

  it('redirects to existing pages', async ({ expect }) => {
    for (const location of [success, failure]) {
      const { pathname } = new URL(location, 'http://127.0.0.1:8787/api/oauth2-redirect')
      const response = await fetchApp(pathname)
      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toContain('text/html')
    }
  })
})

describe('the name in Apple’s redirect', () => {
  const person = JSON.stringify({ name: { firstName: 'Ada', lastName: 'Lovelace' } })

  /** Simulates Apple: tokens for any code, and the key of its id_tokens. */
  async function startApple(claims: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const app = createTestApp()
    const superuser = await signInSuperuser(app)
    const apple = fakeProviderOptions({
      name: 'apple',
      authURL: '',
      tokenURL: '',
      userInfoURL: '',
    })
    await acceptFakeProvider(app, superuser.token, {
      providers: [apple],
      mappedFields: { name: 'name' },
    })
    const provider = createFakeProvider()
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const now = Math.floor(Date.now() / 1000)
    const idToken = await new SignJWT({
      iss: 'https://appleid.apple.com',
      aud: 'cid',
      sub: 'apple-1',
      iat: now,
      exp: now + 600,
      email: 'ada@example.com',
      email_verified: 'true',
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(privateKey)
    const key = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
    provider.answer('https://appleid.apple.com/auth/token', () =>
      Response.json({ access_token: 'at', token_type: 'Bearer', id_token: idToken }),
    )
    provider.answer('https://appleid.apple.com/auth/keys', () => Response.json({ keys: [key] }))
  }

  async function signIn(code: string): Promise<{ status: number; name: unknown }> {
    const response = await fetchApp('/api/collections/users/auth-with-oauth2', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ provider: 'apple', code }),
    })
    const { record } = await response.json<{ record?: { name: string } }>()
    return { status: response.status, name: record?.name }
  }

  it('becomes the name of the new account', async ({ expect }) => {
    await startApple()
    waiting.set('client-1', {})

    await fetchApp(path, posted({ state: 'client-1', code: 'c0de', user: person }))

    expect(await signIn('c0de')).toEqual({ status: 200, name: 'Ada Lovelace' })
  })

  it.for([
    { name: 'with another code', form: { state: 'client-1', code: 'other', user: person } },
    { name: 'without a waiting client', form: { state: 'guessed', code: 'c0de', user: person } },
    { name: 'unless it is a name', form: { state: 'client-1', code: 'c0de', user: '{"name":1}' } },
    { name: 'unless it is JSON', form: { state: 'client-1', code: 'c0de', user: '{' } },
  ])('is not remembered $name', async ({ form }, { expect }) => {
    await startApple()
    waiting.set('client-1', {})

    await fetchApp(path, posted(form))

    expect(await signIn('c0de')).toEqual({ status: 200, name: '' })
  })

  it('is deleted after a minute, and stored without readable codes', async ({ expect }) => {
    await startApple()
    waiting.set('client-1', {})

    await fetchApp(path, posted({ state: 'client-1', code: 'c0de', user: person }))

    const { keys } = await bindings.SESSIONS.list({ prefix: 'apple-name:' })
    expect(keys).toHaveLength(1)
    expect(keys[0]?.name).not.toContain('c0de')
    const secondsLeft = Number(keys[0]?.expiration) - Date.now() / 1000
    expect(secondsLeft).toBeGreaterThan(50)
    expect(secondsLeft).toBeLessThan(65)
  })

  const past = Math.floor(Date.now() / 1000) - 3600
  it.for([
    { name: 'of another issuer', claims: { iss: 'https://evil.example.com' } },
    { name: 'for another application', claims: { aud: 'somebody-else' } },
    { name: 'that has expired', claims: { iat: past, exp: past + 60 } },
    { name: 'from the future', claims: { iat: past + 7200, exp: past + 9000 } },
  ])('does not help an id_token $name', async ({ claims }, { expect }) => {
    await startApple(claims)

    expect((await signIn('c0de')).status).toBe(400)
  })

  it('is checked with five minutes of leeway', async ({ expect }) => {
    const now = Math.floor(Date.now() / 1000)
    await startApple({ iat: now + 240, exp: now - 240 })

    expect((await signIn('c0de')).status).toBe(200)
  })
})
