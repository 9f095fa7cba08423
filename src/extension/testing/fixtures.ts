import * as z from 'zod'
import { dictionary } from '#kernel/dictionary.ts'
import { newTokenKey, randomString } from '#kernel/random.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import { createClient, type TestRecord } from './test-client.ts'

/** Fills a deployment by its API, as a superuser. */
export interface Fixtures {
  readonly superuserToken: string
  importCollections(collections: readonly object[]): Promise<void>
  /** Creates records; accounts get a password unless they come with one. */
  createRecords(
    records: Readonly<Record<string, readonly object[]>>,
  ): Promise<Readonly<Record<string, readonly TestRecord[]>>>
  tokenOf(account: Pick<TestRecord, 'id' | 'collectionName'>): Promise<string>
}

const signedIn = z.object({ token: z.string() })
const recordAnswer = z.looseObject({ id: z.string(), collectionName: z.string() })
const email = 'superuser@example.com'

/** Creates a superuser and signs in. */
export async function createFixtures(
  send: (request: Request) => Promise<Response>,
  db: D1Database,
  passwords: PasswordHasher,
): Promise<Fixtures> {
  const password = randomString(30)
  const now = new Date().toISOString().replace('T', ' ')
  await db
    .prepare(
      `INSERT INTO "_superusers" ("id", "email", "password", "tokenKey", "verified", "created", "updated")
       VALUES ('superuser000001', ?, ?, ?, 1, ?, ?)`,
    )
    .bind(email, await passwords.hash(password), newTokenKey(), now, now)
    .run()
  const body = { identity: email, password }
  const answer = await createClient(send).request(
    '/api/collections/_superusers/auth-with-password',
    { method: 'POST', json: body },
  )
  const { token } = signedIn.parse(await answerOf(answer))
  const superuser = createClient(send, async () => token)

  async function createRecord(collection: string, data: object): Promise<TestRecord> {
    const path = `/api/collections/${encodeURIComponent(collection)}/records`
    const response = await superuser.request(path, { method: 'POST', json: data })
    return recordAnswer.parse(await answerOf(response, `A record of ${collection}`))
  }

  return {
    superuserToken: token,
    async importCollections(collections) {
      if (collections.length === 0) return
      const path = '/api/collections/import'
      const response = await superuser.request(path, { method: 'PUT', json: { collections } })
      await answerOf(response, 'The collections')
    },
    async createRecords(records) {
      const stored = dictionary<TestRecord[]>()
      for (const [collection, datas] of Object.entries(records)) {
        const made: TestRecord[] = []
        for (const data of datas) {
          // Other collections ignore what is no field of theirs.
          const withPassword = { password, passwordConfirm: password, ...data }
          made.push(await createRecord(collection, 'password' in data ? data : withPassword))
        }
        stored[collection] = made
      }
      return stored
    },
    async tokenOf({ id, collectionName }) {
      const path = `/api/collections/${encodeURIComponent(collectionName)}/impersonate/${id}`
      const response = await superuser.request(path, { method: 'POST', json: {} })
      return signedIn.parse(await answerOf(response, `The account ${id}`)).token
    },
  }
}

/** @throws {Error} If the API refused. */
async function answerOf(response: Response, subject = 'The superuser'): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${subject} was refused: ${text}`)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}
