import type {
  Bucket,
  Database,
  KeyValueStore,
  PreparedStatement,
  RawDatabase,
  StoredObjectBody,
} from '#platform/bindings.ts'

/*
 * The ports of a host with the further methods of Cloudflare's bindings that tests use. Each calls
 * the port that the host has at that moment, so that a test file may keep the binding.
 */

/** A database with the methods of single statements. */
export function widenDatabase(current: () => Database & RawDatabase): D1Database {
  async function run(statement: PreparedStatement): Promise<D1Result> {
    const [result] = await current().batch([statement])
    return result as unknown as D1Result
  }

  function widen(statement: PreparedStatement): D1PreparedStatement {
    const { bind, raw } = statement as PreparedStatement & ReturnType<RawDatabase['prepare']>
    const wide = {
      bind: (...values: unknown[]) => widen(bind.call(statement, ...values)),
      all: async () => await run(statement),
      run: async () => await run(statement),
      first: async (column?: string) => {
        const [row] = (await run(statement)).results as Record<string, unknown>[]
        if (row === undefined) return null
        return column === undefined ? row : row[column]
      },
      raw: async (options?: { columnNames: true }) => {
        const rows = await raw.call(statement, { columnNames: true })
        return options === undefined ? rows.slice(1) : rows
      },
    }
    return Object.assign(statement, wide) as unknown as D1PreparedStatement
  }

  const database = {
    prepare: (text: string) => widen(current().prepare(text)),
    batch: async (statements: PreparedStatement[]) => await current().batch(statements),
    exec: async (text: string) => await run(current().prepare(text)),
  }
  return database as unknown as D1Database
}

/** A store whose entries need no expiration, and with metadata that can be read. */
export function widenKeyValueStore(current: () => KeyValueStore): KVNamespace {
  const never = { expiration: 32_503_680_000 }
  const store = {
    async get(key: string, type?: 'json') {
      const text = await current().get(key)
      return type === 'json' && text !== null ? (JSON.parse(text) as unknown) : text
    },
    async getWithMetadata(key: string) {
      const { keys } = await current().list({ prefix: key })
      const { metadata = null } = keys.find(({ name }) => name === key) ?? {}
      return { value: await current().get(key), metadata }
    },
    put: async (key: string, value: string, options?: object) =>
      await current().put(key, value, { ...never, ...options }),
    delete: async (key: string) => await current().delete(key),
    list: async (options?: object) => await current().list({ prefix: '', ...options }),
  }
  return store as unknown as KVNamespace
}

/** A bucket that lists everything by default, and whose objects can be read as text. */
export function widenBucket(current: () => Bucket): R2Bucket {
  const bucket: Bucket = {
    head: async (key) => await current().head(key),
    get: async (key, options) => widen(await current().get(key, options)),
    put: async (key, content, options) => await current().put(key, content, options),
    delete: async (keys) => await current().delete(keys),
    list: async (options) => await current().list({ ...options, prefix: options?.prefix ?? '' }),
    createMultipartUpload: async (key, options) =>
      await current().createMultipartUpload(key, options),
    resumeMultipartUpload: (key, id) => current().resumeMultipartUpload(key, id),
  }
  return bucket as unknown as R2Bucket

  function widen(object: StoredObjectBody | null): StoredObjectBody | null {
    if (object === null) return null
    const text = async (): Promise<string> => new TextDecoder().decode(await object.arrayBuffer())
    return Object.assign(object, { text })
  }
}
