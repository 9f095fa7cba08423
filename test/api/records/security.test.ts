import { describe, it } from 'vitest'
import {
  createNotebook,
  describeSecurity,
  hiddenValue,
  type SecuredEndpoint,
} from '../../support/secured-endpoint.ts'

const path = '/api/collections/notes/records'

const notFound = {
  status: 404,
  body: { data: {}, message: "The requested resource wasn't found.", status: 404 },
}
const notCreated = { data: {}, message: 'Failed to create record.', status: 400 }
const superusersOnly = {
  data: {},
  message: 'Only superusers can perform this action.',
  status: 403,
}

function failedBatch(response: unknown): unknown {
  const issue = { code: 'batch_request_failed', message: 'Batch request failed.', response }
  return { data: { requests: { 0: issue } }, message: 'Batch transaction failed.', status: 400 }
}

/** An endpoint, called through a batch. */
function batched(
  method: string,
  endpoint: Omit<SecuredEndpoint, 'send' | 'name' | 'locked'>,
): SecuredEndpoint {
  return {
    ...endpoint,
    name: `${method} in a batch`,
    refusal: { status: 400, body: failedBatch(endpoint.refusal.body) },
    locked: failedBatch(superusersOnly),
    send: ({ app, owner }, note, token) => {
      const isNew = method === 'POST'
      const body = isNew ? { title: 'new', owner: owner.id } : { title: 'changed' }
      const url = isNew ? path : `${path}/${note}`
      const request =
        method === 'PUT'
          ? { method, url: path, body: { id: note, ...body } }
          : { method, url, body }
      return app.post('/api/batch', { requests: [request] }, { token })
    },
  }
}

const endpoints: readonly SecuredEndpoint[] = [
  {
    name: 'list',
    rule: 'listRule',
    hasId: false,
    refusal: {
      status: 200,
      body: { items: [], page: 1, perPage: 30, totalItems: 0, totalPages: 0 },
    },
    send: ({ app }, _, token) => app.get(path, { token }),
  },
  {
    name: 'view',
    rule: 'viewRule',
    hasId: true,
    refusal: notFound,
    send: ({ app }, note, token) => app.get(`${path}/${note}`, { token }),
  },
  {
    name: 'create',
    rule: 'createRule',
    hasId: false,
    refusal: { status: 400, body: notCreated },
    send: ({ app, owner }, _, token) =>
      app.post(path, { title: 'new', owner: owner.id }, { token }),
  },
  {
    name: 'update',
    rule: 'updateRule',
    hasId: true,
    refusal: notFound,
    send: ({ app }, note, token) => app.patch(`${path}/${note}`, { title: 'changed' }, { token }),
  },
  {
    name: 'delete',
    rule: 'deleteRule',
    hasId: true,
    refusal: notFound,
    send: ({ app }, note, token) => app.delete(`${path}/${note}`, { token }),
  },
  batched('POST', { rule: 'createRule', hasId: false, refusal: { status: 400, body: notCreated } }),
  batched('PATCH', { rule: 'updateRule', hasId: true, refusal: notFound }),
  batched('PUT', { rule: 'updateRule', hasId: false, refusal: notFound }),
  batched('DELETE', { rule: 'deleteRule', hasId: true, refusal: notFound }),
]

for (const endpoint of endpoints) describeSecurity(endpoint)

describe('a hidden field', () => {
  it('is ignored unless a superuser writes it', async ({ expect }) => {
    const { app, admin, owner, note } = await createNotebook()

    await app.patch(`${path}/${note}`, { secret: 'guessed', 'secret:autogenerate': 'x' })
    const created = await app.post(path, { id: 'aaaaaaaaaaaaaaa', secret: 'guessed' })
    await app.post(
      '/api/batch',
      { requests: [{ method: 'PATCH', url: `${path}/${note}`, body: { secret: 'guessed' } }] },
      { token: owner.token },
    )

    const old = await app.get(`${path}/${note}`, { token: admin.token })
    const fresh = await app.get(`${path}/aaaaaaaaaaaaaaa`, { token: admin.token })
    expect(created.status).toBe(200)
    expect(old.body).toMatchObject({ secret: hiddenValue })
    expect(fresh.body).toMatchObject({ secret: '' })
  })

  it('is written and read by superusers', async ({ expect }) => {
    const { app, admin, note } = await createNotebook()

    const changed = await app.patch(`${path}/${note}`, { secret: 'new' }, { token: admin.token })

    expect(changed.body).toMatchObject({ secret: 'new' })
  })

  it('can be used in rules, and stays hidden', async ({ expect }) => {
    const { app, admin, note } = await createNotebook()
    await app.patch(
      '/api/collections/notes',
      { viewRule: `secret = '${hiddenValue}' && @request.body.secret:isset = false` },
      { token: admin.token },
    )

    const answer = await app.get(`${path}/${note}?fields=*,secret`)

    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('secret')
  })
})
