import fc from 'fast-check'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { createCollections } from '../../support/collections.ts'
import { blogCollections, everyField, everySignIn } from '../../support/described-collections.ts'
import { faultsOf, operationsOf, type Walked } from '../../support/document-faults.ts'
import {
  type ApiDocument,
  type DocumentRequest,
  requestsTo,
  validBodies,
} from '../../support/schema-requests.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

/*
 * Walks the document: sends each operation what its schemas allow, what they almost allow, and what
 * they do not, and compares the response with the document.
 */

/** Requests to each operation, by each caller. */
const requestsEach = 3

/** Operations that would end the tests' world, or reach out of it. Superusers do not send them. */
const kept = new Set([
  'restoreBackup',
  'createBackup',
  'uploadBackup',
  'updateSettings',
  'importCollections',
  'updateCollection',
  'deleteCollection',
  'runSql',
  'runJob',
  'testMail',
  'makeAppleSecret',
  'testWebhook',
])

interface World {
  readonly app: TestApp
  readonly document: ApiDocument
  readonly superuser: SignedIn
}

async function createWorld(): Promise<World> {
  const app = createTestApp()
  const superuser = await signInSuperuser(app)
  await createCollections(app, superuser.token, ...blogCollections, everyField, everySignIn)
  const settings = { rateLimits: { enabled: false }, batch: { enabled: true } }
  await app.patch('/api/settings', settings, superuser)
  const { body } = await app.get('/api/openapi.json', superuser)
  return { app, superuser, document: body as ApiDocument }
}

let world: World

beforeEach(async () => {
  // Providers of OAuth2 refuse everything.
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}, { status: 400 }))
  world = await createWorld()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Sends a request. The stream of events stays open, so it is closed. */
async function send(
  { method }: Walked,
  { path, body }: DocumentRequest,
  token: string | undefined,
): Promise<Answer> {
  if (method === 'GET' && path.startsWith('/api/realtime')) {
    const response = await world.app.fetch(`http://127.0.0.1:8787${path}`)
    await response.body?.cancel()
    return { status: response.status, body: undefined, headers: response.headers }
  }
  return await world.app.request(method, path, {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
}

describe('the API', () => {
  it('responds to any request as its document says', async ({ expect }) => {
    const { document, superuser, app } = world
    const user = await signUp(app, 'user@example.com')
    const tokens = {
      guest: () => undefined,
      user: () => user.token,
      superuser: () => superuser.token,
    }
    const ids = new Set<string>()
    const reached = new Set<string>()
    const faults = new Set<string>()

    for (const walked of operationsOf(document)) {
      const { operationId } = walked.operation
      const requests = requestsTo(document, walked.path, walked.operation, () => [...ids])
      for (const [caller, token] of Object.entries(tokens)) {
        if (caller === 'superuser' && kept.has(operationId)) continue
        for (const request of fc.sample(requests, requestsEach)) {
          const answer = await send(walked, request, token())
          reached.add(`${operationId} ${answer.status}`)
          const id = (answer.body as { id?: unknown } | undefined)?.id
          if (typeof id === 'string' && operationId.includes('_')) ids.add(id)
          for (const fault of faultsOf(document, walked, answer, request)) {
            faults.add(`${operationId} by ${caller}: ${fault} ${JSON.stringify(answer.body)}`)
          }
        }
      }
    }

    expect([...faults]).toEqual([])
    expect([...reached].filter((one) => / 5\d\d$/.test(one))).toEqual([])
  })

  it('accepts what the document allows, from the creation to the deletion', async ({ expect }) => {
    const { document, superuser, app } = world
    const steps = new Map(operationsOf(document).map((one) => [one.operation.operationId, one]))
    const bodyOf = (id: string): unknown => {
      const { operation } = steps.get(id) as Walked
      const [body] = fc.sample(validBodies(document, operation), 1)
      // No schema can make up a stored record or file, or know the sum of a change.
      const names = /parent|friends|picture|papers|^(?:labels|price)\W|^\W/
      return Object.fromEntries(
        Object.entries(body as object).filter(([name]) => !names.test(name)),
      )
    }
    const records = '/api/collections/everything/records'

    for (let round = 0; round < 20; round++) {
      const sent = bodyOf('everything_create')
      const created = await app.post(records, sent, superuser)
      expect(created.status, JSON.stringify([sent, created.body])).toBe(200)

      const { id } = created.body as { readonly id: string }
      const change = bodyOf('everything_update')
      const updated = await app.patch(`${records}/${id}`, change, superuser)
      expect(updated.status, JSON.stringify([change, updated.body])).toBe(200)

      const answers = [created, updated, await app.get(`${records}/${id}`), await app.get(records)]
      const views = ['create', 'update', 'view', 'list'].map((name) => `everything_${name}`)
      const faults = views.flatMap((name, index) => {
        const [walked, answer] = [steps.get(name), answers[index]]
        if (walked === undefined || answer === undefined) return [`${name} is missing`]
        return faultsOf(document, walked, answer, { path: records, body: undefined })
      })
      expect(faults).toEqual([])
      expect((await app.delete(`${records}/${id}`)).status).toBe(204)
    }
  })
})
