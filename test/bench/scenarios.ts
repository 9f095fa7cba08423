import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import * as z from 'zod'
import { type Load, send } from './load/load.ts'
import type { ServedWorkers } from '../support/serve-workers.ts'

/**
 * The Workers of a benchmark: the product, the product with recording bindings, and the baseline.
 */
export type BenchServers = ServedWorkers<'product' | 'recording' | 'bare'>

type ProductServers = Pick<ServedWorkers<'product'>, 'origins' | 'database'>

/** A request to measure. */
export interface Scenario {
  readonly name: string
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly token?: string
  readonly body?: Readonly<Record<string, unknown>>
  /** True if the baseline also reads the session from KV. */
  readonly readsSession?: boolean
  /** The ratio to reach, if it is not that of most scenarios. */
  readonly must?: number
}

const records = 10_000
const posts = '/api/collections/posts/records'
const account = { email: 'reader@example.com', password: 'a long password' }
const textField = (name: string) => ({ name, type: 'text' })
const postFields = [textField('title'), textField('body'), { name: 'views', type: 'number' }]

/** Fills the database through the product and returns the requests to measure. */
export async function prepareScenarios(servers: ProductServers): Promise<readonly Scenario[]> {
  const superuser = await makeSuperuser(servers)
  const user = await api(servers, 'POST', '/api/collections/users/records', {
    token: superuser,
    body: { ...account, passwordConfirm: account.password },
  })
  await makeCollections(servers, superuser)
  const someId = await fillTables(servers, user.id)
  const reader = await signIn(servers, 'users', account)

  const notes = '/api/collections/notes/records?perPage=30&skipTotal=1'
  const post = { title: 'A new post', body: 'Words. '.repeat(30), views: 1 }
  return [
    { name: 'list of 30', method: 'GET', path: `${posts}?perPage=30&skipTotal=1` },
    { name: 'list of 30 with total', method: 'GET', path: `${posts}?perPage=30` },
    { name: 'view', method: 'GET', path: `${posts}/${someId}` },
    { name: 'create', method: 'POST', path: posts, body: post },
    { name: 'signed-in list with a rule', method: 'GET', path: notes, token: reader, must: 0.75 },
    {
      name: '  beside a handler that reads the session too',
      method: 'GET',
      path: notes,
      token: reader,
      readsSession: true,
      must: 0.92,
    },
  ]
}

/** The request of a scenario to a Worker at this address. */
export function loadOf({ path, method, token, body }: Scenario, origin: string): Load {
  return {
    url: origin + path,
    method,
    headers: {
      ...(token !== undefined && { authorization: token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

const answer = z.object({ id: z.string().default(''), token: z.string().default('') })

async function api(
  { origins }: ProductServers,
  method: 'POST',
  path: string,
  details: Pick<Scenario, 'token' | 'body'>,
): Promise<z.infer<typeof answer>> {
  const load = loadOf({ name: path, method, path, ...details }, origins.product)
  return answer.parse(JSON.parse(await send(load)))
}

async function signIn(
  servers: ProductServers,
  collection: string,
  { email, password }: typeof account,
): Promise<string> {
  const path = `/api/collections/${collection}/auth-with-password`
  const { token } = await api(servers, 'POST', path, { body: { identity: email, password } })
  return token
}

async function makeSuperuser(servers: ProductServers): Promise<string> {
  const credentials = { email: 'superuser@example.com', password: 'a longer password' }
  const statements = await superuserWithPassword(credentials.email, credentials.password)
  await servers.database.batch(statements.map((text) => servers.database.prepare(text)))
  return signIn(servers, '_superusers', credentials)
}

async function makeCollections(servers: ProductServers, token: string): Promise<void> {
  const everyone = { listRule: '', viewRule: '', createRule: '' }
  const owner = { name: 'owner', type: 'relation', collectionId: '_pb_users_auth_', maxSelect: 1 }
  const definitions = [
    { name: 'posts', type: 'base', fields: postFields, ...everyone },
    {
      name: 'notes',
      type: 'base',
      fields: [...postFields, owner],
      listRule: 'owner = @request.auth.id && views >= 0',
    },
  ]
  for (const body of definitions) await api(servers, 'POST', '/api/collections', { token, body })
}

/** Fills the tables. Every tenth note belongs to the reader. Returns the id of a post. */
async function fillTables({ database }: ProductServers, ownerId: string): Promise<string> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${records})`
  const values = "printf('r%014d', i), 'Title ' || i, 'Some words of a body. ', i"
  await database.batch([
    database.prepare(
      `INSERT INTO posts (id, title, body, views) ${numbers} SELECT ${values} FROM n`,
    ),
    database
      .prepare(
        `INSERT INTO notes (id, title, body, views, owner) ${numbers} ` +
          `SELECT ${values}, iif(i % 10 = 0, ?, 'r00000000000000') FROM n`,
      )
      .bind(ownerId),
  ])
  return 'r00000000005000'
}
