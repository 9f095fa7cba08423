import { createHash } from 'node:crypto'
import type PocketBase from 'pocketbase'
import type { CollectionModel } from 'pocketbase'
import type { RunningServer } from './pocketbase-process.ts'

/** The content of a server, as its API shows it to a superuser. */
export interface Snapshot {
  /** By name, without secrets, like the API. */
  readonly collections: Readonly<Record<string, unknown>>
  /** By collection, in the order of creation. */
  readonly records: Readonly<Record<string, readonly unknown[]>>
  readonly settings: Readonly<Record<string, unknown>>
  /** By collection, record and name: the headers of the file, and a digest of its bytes. */
  readonly files: Readonly<Record<string, unknown>>
}

/** Records that signing in creates and deletes. */
const volatile = ['_mfas', '_otps', '_authOrigins']

/** Reads a snapshot. */
export async function takeSnapshot({ origin, client }: RunningServer): Promise<Snapshot> {
  const collections = await client.collections.getFullList()
  const records: Record<string, unknown[]> = {}
  const files: Record<string, unknown> = {}
  for (const collection of collections.filter(({ name }) => !volatile.includes(name))) {
    const found = await client.collection(collection.name).getFullList({
      sort: collection.type === 'view' ? 'id' : '@rowid',
    })
    records[collection.name] = found.map((record) => ({ ...record }))
    Object.assign(files, await filesOf(origin, client, collection, found))
  }
  return {
    collections: Object.fromEntries(collections.map((each) => [each.name, comparable(each)])),
    records,
    settings: await client.settings.getAll(),
    files,
  }
}

/** The ids of cloned fields in a view are generated whenever its fields are derived. */
function comparable(collection: CollectionModel): unknown {
  if (collection.type !== 'view') return collection
  const fields = collection.fields.map(({ id, ...field }) => ({
    ...field,
    id: id.startsWith('_clone_') ? '_clone_' : id,
  }))
  return { ...collection, fields }
}

async function filesOf(
  origin: string,
  client: PocketBase,
  { name: collection, fields }: CollectionModel,
  records: readonly Record<string, unknown>[],
): Promise<Record<string, unknown>> {
  const fileFields = fields.filter(({ type }) => type === 'file')
  const found: Record<string, unknown> = {}
  for (const record of records) {
    const names = fileFields.flatMap((field) => [record[field.name]].flat()).filter(Boolean)
    for (const name of names) {
      const path = `${collection}/${String(record['id'])}/${String(name)}`
      found[path] = await served(`${origin}/api/files/${path}`, await client.files.getToken())
    }
  }
  return found
}

async function served(url: string, token: string): Promise<unknown> {
  const [open, shown] = await Promise.all([fetch(url), fetch(`${url}?token=${token}`)])
  const bytes = new Uint8Array(await shown.arrayBuffer())
  await open.arrayBuffer()
  return {
    withoutToken: open.status,
    status: shown.status,
    type: shown.headers.get('content-type'),
    disposition: shown.headers.get('content-disposition'),
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}
