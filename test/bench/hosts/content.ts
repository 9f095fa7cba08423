import PocketBase from 'pocketbase'
import { superuser } from './server-process.ts'

/** A signed-in reader, who owns every tenth note. */
const reader = { id: 'reader000000001', email: 'reader@example.com', password: 'a long password' }
/** A missing owner of the other notes would be no relation: this one owns them. */
const other = { id: 'reader000000002', email: 'other@example.com', password: 'a long password' }

/** Creates in one request while the tables are filled. */
const fillPerRequest = 250

/** The settings that the measured requests need. Rate limits are off, as in a new PocketBase. */
const settings = {
  batch: { enabled: true, maxRequests: fillPerRequest, timeout: 120, maxBodySize: 0 },
  rateLimits: { enabled: false },
}

const fields = [
  { name: 'title', type: 'text' },
  { name: 'body', type: 'text' },
  { name: 'views', type: 'number' },
  { name: 'created', type: 'autodate', onCreate: true },
  { name: 'updated', type: 'autodate', onCreate: true, onUpdate: true },
]
const owner = { name: 'owner', type: 'relation', collectionId: '_pb_users_auth_', maxSelect: 1 }

/** The same ids everywhere: responses can be compared. */
const collections = [
  {
    id: 'bench_posts',
    name: 'posts',
    fields,
    indexes: ['CREATE INDEX `idx_posts_views` ON `posts` (`views`)'],
    listRule: '',
    viewRule: '',
  },
  {
    id: 'bench_notes',
    name: 'notes',
    fields: [...fields, owner],
    indexes: ['CREATE INDEX `idx_notes_owner` ON `notes` (`owner`)'],
    listRule: 'owner = @request.auth.id && views >= 0',
  },
  // Creates have a table of their own, so that the lists stay as long as they are.
  { id: 'bench_entries', name: 'entries', fields, createRule: 'title != ""' },
  { id: 'bench_ticks', name: 'ticks', fields: [fields[2]], listRule: '', createRule: '' },
]

/** The id of the nth record of a filled table. */
export function recordId(n: number): string {
  return `r${String(n).padStart(14, '0')}`
}

/**
 * Creates collections and records through the API, so that each server stores them as it does.
 * Returns the token of the reader.
 */
export async function fillServer(origin: string, records: number): Promise<string> {
  const client = new PocketBase(origin)
  client.autoCancellation(false)
  await client.collection('_superusers').authWithPassword(superuser.email, superuser.password)
  await client.settings.update(settings)
  for (const { id, email, password } of [reader, other]) {
    await client.collection('users').create({ id, email, password, passwordConfirm: password })
  }
  for (const collection of collections) {
    await client.collections.create({ type: 'base', ...collection })
  }
  for (let from = 1; from <= records; from += fillPerRequest) {
    const numbers = Array.from({ length: fillPerRequest }, (_, k) => from + k)
    const ownerOf = (n: number): string => (n % 10 === 0 ? reader.id : other.id)
    await createAll(client, 'posts', numbers.filter((n) => n <= records).map(record))
    await createAll(
      client,
      'notes',
      numbers.filter((n) => n <= records).map((n) => ({ ...record(n), owner: ownerOf(n) })),
    )
  }
  const { token } = await client.collection('users').authWithPassword(reader.email, reader.password)
  return token
}

function record(n: number): Record<string, unknown> {
  return { id: recordId(n), title: `Title ${n}`, body: 'Some words of a body. ', views: n }
}

async function createAll(
  client: PocketBase,
  collection: string,
  records: readonly Record<string, unknown>[],
): Promise<void> {
  const batch = client.createBatch()
  for (const values of records) batch.collection(collection).create(values)
  await batch.send()
}
