import { describe, it } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'
import { bodyOf, createWebhookWorld, receiverUrl } from '../../support/webhooks.ts'

describe('webhooks', () => {
  it('are created with a secret that no later answer has', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()

    const created = await subscribe({ headers: { 'X-Key': 'abc' }, filter: 'views > 3' })
    const listed = await app.get('/api/webhooks', { token })
    const viewed = await app.get(`/api/webhooks/${created.id}`, { token })

    const { secret, ...shown } = created
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(viewed.body).toEqual(shown)
    expect(listed.body).toEqual({ items: [shown] })
    expect(shown).toMatchObject({
      name: 'hook',
      url: receiverUrl,
      collection: 'posts',
      events: ['created', 'updated', 'deleted'],
      filter: 'views > 3',
      fields: [],
      payload: 'full',
      ordered: false,
      headers: { 'X-Key': '******' },
      timeout: 15,
      enabled: true,
      state: 'active',
      reason: '',
      waiting: 0,
      dead: 0,
      paused: 0,
      lastSuccess: '',
    })
  })

  it('keep their secrets sealed in the database', async ({ expect }) => {
    const { subscribe } = await createWebhookWorld()

    const { secret } = await subscribe({ headers: { 'X-Key': 'a-value-of-its-own' } })

    const row = JSON.stringify(await bindings.DB.prepare('SELECT * FROM "_webhooks"').all())
    expect(row).not.toContain(secret.slice(6))
    expect(row).not.toContain('a-value-of-its-own')
  })

  it.for([
    { name: 'no URL', changes: { url: '' }, at: 'url', code: 'validation_required' },
    {
      name: 'plain HTTP',
      changes: { url: 'http://a.example.com' },
      at: 'url',
      code: 'webhook_url_refused',
    },
    {
      name: 'a private address',
      changes: { url: 'https://10.0.0.1/' },
      at: 'url',
      code: 'webhook_url_refused',
    },
    {
      name: 'the deployment itself',
      changes: { url: 'https://127.0.0.1:8787/' },
      at: 'url',
      code: 'webhook_url_refused',
    },
    {
      name: 'an unknown collection',
      changes: { collection: 'none' },
      at: 'collection',
      code: 'validation_invalid_collection',
    },
    { name: 'an unknown event', changes: { events: ['read'] }, at: 'events', code: undefined },
    {
      name: 'a broken filter',
      changes: { filter: 'nothing = 1' },
      at: 'filter',
      code: 'validation_invalid_rule',
    },
    {
      name: 'a filter about the request',
      changes: { filter: '@request.auth.id != ""' },
      at: 'filter',
      code: 'validation_invalid_rule',
    },
    {
      name: 'a filter about an unknown former value',
      changes: { filter: '@old.none = 1' },
      at: 'filter',
      code: 'validation_invalid_rule',
    },
    { name: 'an unknown field', changes: { fields: ['none'] }, at: 'fields', code: undefined },
    {
      name: 'an unknown payload',
      changes: { payload: 'fat' },
      at: 'payload',
      code: 'validation_in_invalid',
    },
    {
      name: 'a reserved header',
      changes: { headers: { 'Webhook-Id': 'x' } },
      at: 'headers',
      code: undefined,
    },
    {
      name: 'a header with a line break',
      changes: { headers: { 'X-A': 'x\r\nY: z' } },
      at: 'headers',
      code: undefined,
    },
    {
      name: 'a long timeout',
      changes: { timeout: 31 },
      at: 'timeout',
      code: 'validation_max_less_equal_than_required',
    },
  ])('are refused with $name', async ({ changes, at, code }, { expect }) => {
    const { app, token } = await createWebhookWorld()

    const body = { url: receiverUrl, collection: 'posts', ...changes }
    const answer = await app.post('/api/webhooks', body, { token })

    expect(answer).toMatchObject({ status: 400, body: { message: 'Failed to create webhook.' } })
    const { data } = bodyOf(answer) as { data: Record<string, { code?: string }> }
    expect(Object.keys(data)).toEqual([at])
    if (code !== undefined) expect(data[at]?.code).toBe(code)
  })

  it('are refused without a key to seal their secrets', async ({ expect }) => {
    const { token } = await createWebhookWorld()
    const app = createTestApp({ SETTINGS_KEY: '' })

    const body = { url: receiverUrl, collection: 'posts' }
    const answer = await app.post('/api/webhooks', body, { token })

    expect(answer).toMatchObject({
      status: 400,
      body: { data: { secret: { code: 'validation_settings_key_missing' } } },
    })
  })

  it('keep what a change does not name, hidden headers included', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()
    const { id } = await subscribe({ headers: { 'X-Key': 'abc' }, filter: 'views > 3' })

    const body = { name: 'other', headers: { 'X-Key': '******', 'X-New': 'new' } }
    const answer = await app.patch(`/api/webhooks/${id}`, body, { token })

    expect(answer).toMatchObject({
      status: 200,
      body: {
        name: 'other',
        filter: 'views > 3',
        url: receiverUrl,
        headers: { 'X-Key': '******', 'X-New': '******' },
      },
    })
  })

  it('demand their headers again when they move to another host', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()
    const { id } = await subscribe({ headers: { 'X-Key': 'abc' } })

    const url = 'https://elsewhere.example.org/'
    const kept = await app.patch(`/api/webhooks/${id}`, { url }, { token })
    const sent = await app.patch(
      `/api/webhooks/${id}`,
      { url, headers: { 'X-Key': 'new' } },
      { token },
    )

    expect(kept).toMatchObject({
      status: 400,
      body: { data: { headers: { 'X-Key': { code: 'validation_secret_required_again' } } } },
    })
    expect(sent).toMatchObject({ status: 200, body: { url } })
  })

  it('get a new secret on request, once', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()
    const { id, secret } = await subscribe()

    const rotated = await app.post(`/api/webhooks/${id}/rotate`, { keepSeconds: 60 }, { token })
    const viewed = await app.get(`/api/webhooks/${id}`, { token })

    expect(bodyOf(rotated)['secret']).toMatch(/^whsec_/)
    expect(bodyOf(rotated)['secret']).not.toBe(secret)
    expect(JSON.stringify(viewed.body)).not.toContain('whsec_')
  })

  it('are deleted', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()
    const { id } = await subscribe()

    const deleted = await app.delete(`/api/webhooks/${id}`, { token })
    const again = await app.delete(`/api/webhooks/${id}`, { token })
    const viewed = await app.get(`/api/webhooks/${id}`, { token })

    expect([deleted.status, again.status, viewed.status]).toEqual([204, 404, 404])
  })

  it('are at most fifty', async ({ expect }) => {
    const { app, token, subscribe } = await createWebhookWorld()
    for (let count = 0; count < 50; count++) await subscribe()

    const body = { url: receiverUrl, collection: 'posts' }
    const answer = await app.post('/api/webhooks', body, { token })

    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'A deployment has at most 50 webhooks.' },
    })
  })

  it('are for superusers only', async ({ expect }) => {
    const { app, subscribe } = await createWebhookWorld()
    const { id } = await subscribe()
    const { token } = await signUp(app, 'user@example.com')

    const requests = (options: { token?: string }) => [
      app.get('/api/webhooks', options),
      app.post('/api/webhooks', { url: receiverUrl, collection: 'posts' }, options),
      app.get(`/api/webhooks/${id}`, options),
      app.patch(`/api/webhooks/${id}`, { name: 'x' }, options),
      app.delete(`/api/webhooks/${id}`, options),
      app.post(`/api/webhooks/${id}/rotate`, {}, options),
    ]
    const guests = await Promise.all(requests({}))
    const users = await Promise.all(requests({ token }))

    expect(guests.map(({ status }) => status)).toEqual(guests.map(() => 401))
    expect(users.map(({ status }) => status)).toEqual(users.map(() => 403))
  })
})
