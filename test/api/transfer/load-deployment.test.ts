import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { existingContent } from '#transfer/existing-content.ts'
import { deploymentSource } from '#transfer/deployment-source.ts'
import { loadDeployment, type LoadOptions } from '#transfer/load-deployment.ts'
import {
  beforeAllRows,
  type RowWithId,
  rowsOf,
  type Source,
  type SourceFile,
} from '#transfer/source.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { deriveView, isView } from '#collections/views/derive-views.ts'
import { blankFor } from '#collections/draft-definition.ts'
import { runBatch } from '#database/batch.ts'
import { sweepAll } from '#database/file-sweeps.ts'
import { sweepFiles } from '#files/sweep.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { portableSeeds } from '#auth/factors/portable-seeds.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { runScheduledJob } from '../../support/scheduled-jobs.ts'
import { crashingDatabase } from '../../support/crashing-database.ts'
import { storedKeys, storedText } from '../../support/stored-files.ts'
import { createTestApp } from '../../support/test-app.ts'

function definition(body: Readonly<Record<string, unknown>>): CollectionDefinition {
  const decoded = decodeDefinition(blankFor(body, `id_${String(body['name'])}`), body)
  return completeNew(decoded.definition, { isTaken: () => false, now: new Date(0) })
}

const notes = definition({
  name: 'notes',
  type: 'base',
  listRule: '',
  fields: [
    { type: 'text', name: 'text' },
    { type: 'number', name: 'number' },
    { type: 'json', name: 'json' },
    { type: 'file', name: 'files', maxSelect: 9 },
  ],
  indexes: ['CREATE INDEX `idx_notes_text` ON `notes` (`text`)'],
})
const numbers = viewOf(notes, 'numbers', 'SELECT id, number FROM notes')

function viewOf(of: CollectionDefinition, name: string, viewQuery: string): CollectionDefinition {
  const view = definition({ name, type: 'view', listRule: '', viewQuery })
  return isView(view) ? deriveView(view, [of]).view : view
}

type Values = Readonly<Record<string, RowWithId['values'][string]>>

const blank = { text: '', number: 0, json: null, files: '[]' }

/** Values that easily change on the way into D1 and back. */
const awkward: readonly Values[] = [
  { text: 'a\0b \ud83d\ude00 "\\\n\'' },
  { number: 9_007_199_254_740_993n, json: -9_223_372_036_854_775_808n },
  { number: 1_234_567_890_123_456_768n, json: 1.2345678901234567e19 },
  { number: 0.1, json: 1e300 },
  { number: -9e20, json: -0.000_001 },
  { number: -1.5e-7, json: '"9007199254740993"' },
  { json: '{"a":"\\u0000","b":[null,1.0]}' },
  { json: 123 },
  { text: { blob: '00FF' }, number: { blob: '' }, json: { blob: '7B7D' } },
  { text: { text: '61FF00' }, number: { text: 'EDA080' }, json: { text: '22C322' } },
  { number: Infinity, json: -Infinity, text: { blob: '61'.repeat(600_000) } },
  { text: 'a lawful \ufffd, and 9e999', number: '12 apples', json: 'a\0b' },
  { text: '\ufeff marked', number: "X'00FF'", json: '{"blob":"00FF"}' },
  { text: 'x'.repeat(700_000), json: `"${'\\"'.repeat(300_000)}"` },
]

/** Rows of `notes`: two pages, with gaps between their row ids. */
const rows: readonly RowWithId[] = [
  ...awkward,
  ...Array.from({ length: 1100 }, (_, at) => ({ text: `text ${at}`, number: at })),
].map((values, at) => ({
  rowId: BigInt(at * 3 - 5),
  values: { id: `note${String(at).padStart(11, '0')}`, ...blank, ...values },
}))

const fileContents: Readonly<Record<string, Uint8Array>> = {
  'id_notes/note00000000000/small.txt': new TextEncoder().encode('small'),
  'id_notes/note00000000000/empty.txt': new Uint8Array(0),
  'id_notes/note00000000007/large.bin': new Uint8Array(9 * 2 ** 20).fill(7),
}

function files(): SourceFile[] {
  return Object.entries(fileContents).map(([key, content]) => ({
    key,
    sizeBytes: content.length,
    contentType: 'text/plain',
    originalName: 'Größe.txt',
    async *read() {
      yield content.subarray(0, 3)
      yield content.subarray(3)
    },
    md5: () => md5(content),
  }))
}

async function md5(content: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('MD5', content))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const withFiles: readonly RowWithId[] = rows.map((row) => {
  const named = Object.keys(fileContents).flatMap((key) => {
    const [, record, name] = key.split('/')
    return record === row.values['id'] ? [name] : []
  })
  return { ...row, values: { ...row.values, files: JSON.stringify(named) } }
})

async function* noFiles(): AsyncGenerator<SourceFile> {
  yield* []
}

async function currentDefinitions(): Promise<readonly CollectionDefinition[]> {
  const { collections } = await createCatalogCache().current(bindings.DB)
  return collections.all.map((collection) => collection.definition)
}

/** A source with the default collections, without records, and with the notes. */
async function createSource(stored: readonly RowWithId[] = withFiles): Promise<Source> {
  const initial = (await currentDefinitions()).filter(({ name }) => name !== 'old')
  return {
    definitions: [...initial, numbers, notes],
    settings: undefined,
    hasFactors: false,
    hasHistory: false,
    rows: async ({ id }, after, limit) =>
      id === notes.id ? stored.filter(({ rowId }) => rowId > after).slice(0, limit) : [],
    async *files() {
      yield* files()
    },
  }
}

const seeds = portableSeeds({ SETTINGS_KEY: 'the key of the target, of 32 characters' })

async function load(
  source: Source,
  options: Partial<LoadOptions> = {},
  db: typeof bindings.DB = bindings.DB,
  sealing = seeds,
) {
  const catalog = await createCatalogCache().current(bindings.DB)
  return await loadDeployment({ db, bucket: bindings.FILES, catalog, seeds: sealing }, source, {
    fingerprint: 'test',
    existing: 'replace',
    source: 'restore',
    onProgress: () => undefined,
    expectSame: () => undefined,
    ...options,
  })
}

/** The content of a deployment, as an export reads it. */
async function contentOf(name: string): Promise<readonly RowWithId[]> {
  const catalog = await createCatalogCache().current(bindings.DB)
  const source = deploymentSource({ db: bindings.DB, bucket: bindings.FILES, catalog }, () => {
    throw new Error('A file is missing.')
  })
  const found = source.definitions.find((each) => each.name === name)
  const content: RowWithId[] = []
  if (found === undefined) return content
  for await (const row of rowsOf(source, found)) content.push(row)
  return content
}

async function leftovers(): Promise<readonly unknown[]> {
  const { results } = await bindings.DB.prepare(
    "SELECT name FROM sqlite_master WHERE name LIKE 'staging:%' UNION ALL SELECT id FROM _params WHERE id = 'load'",
  ).all()
  return results
}

async function createOldCollection(): Promise<void> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await app.post('/api/collections', { name: 'old', type: 'base', listRule: '' }, { token })
  await app.post('/api/collections/old/records', { id: 'theoldrecord001' }, { token })
}

describe('loading a deployment', () => {
  it('loads every row with its row id and exact values, and every file', async ({ expect }) => {
    const report = await load(await createSource(), { existing: 'keep' })

    expect(report.records).toContainEqual({ collection: 'notes', count: rows.length })
    expect(report.files).toEqual({ files: 3, bytes: 9 * 2 ** 20 + 5 })
    expect(await contentOf('notes')).toEqual(withFiles)
    expect(await storedKeys()).toEqual(Object.keys(fileContents).toSorted())
    expect(await leftovers()).toEqual([])
    const answer = await createTestApp().get('/api/collections/numbers/records?perPage=1')
    expect(answer.body).toMatchObject({ totalItems: rows.length })
  })

  it('stores NULL where the source has the text null for JSON', async ({ expect }) => {
    const old = (text: string, json: string) => ({ ...blank, id: `note${text}`, text, json })
    const stored = [old('null', 'null'), old('quoted', '"null"')]
    const source = await createSource(stored.map((values, at) => ({ rowId: BigInt(at), values })))

    await load({ ...source, files: noFiles })

    const found = await contentOf('notes')
    expect(found.map(({ values }) => [values['text'], values['json']])).toEqual([
      ['null', null],
      ['quoted', '"null"'],
    ])
  })

  it('stores a file’s metadata like an upload', async ({ expect }) => {
    await load(await createSource())

    const found = await bindings.FILES.head('id_notes/note00000000000/small.txt')

    expect(found?.httpMetadata).toMatchObject({ contentType: 'text/plain' })
    expect(found?.customMetadata).toEqual({ 'original-filename': 'Gr%C3%B6%C3%9Fe.txt' })
  })

  it('leaves out and reports a row that D1 does not store', async ({ expect }) => {
    const large = { rowId: 9n, values: { id: 'large', ...blank, text: 'x'.repeat(2_000_001) } }

    const report = await load({ ...(await createSource([large])), files: noFiles })

    expect(report.refused).toEqual([{ collection: 'notes', id: 'large' }])
    expect(await contentOf('notes')).toEqual([])
  })

  // Wherever it ends, nothing has changed and the next attempt resumes; the last one succeeds.
  it(
    'may end at any batch, and changes nothing before its last',
    { timeout: 300_000 },
    async ({ expect }) => {
      await createOldCollection()
      const source = await createSource()
      const app = createTestApp()
      let crashes = 0

      for (let at = 0; ; at++) {
        const { db, batches } = crashingDatabase(at, at % 2 === 0 ? 'before' : 'after')
        const attempt = await load(source, {}, db).then(
          () => 'done' as const,
          (error: unknown) => error,
        )
        if (attempt === 'done') break
        expect(attempt).toMatchObject({ message: 'Crash' })
        expect(batches()).toBe(at + 1)
        const isReplaced = (await currentDefinitions()).some(({ name }) => name === 'notes')
        if (isReplaced) break
        const { body } = await app.get('/api/collections/old/records')
        expect(body).toMatchObject({ items: [{ id: 'theoldrecord001' }] })
        crashes++
      }

      expect(crashes).toBeGreaterThan(15)
      expect(await contentOf('notes')).toEqual(withFiles)
      expect(await leftovers()).toEqual([])
      expect((await app.get('/api/collections/old/records')).status).toBe(404)
    },
  )

  it('neither reads nor loads a collection with an unsafe id', async ({ expect }) => {
    const source = await createSource([])
    const hostile = { ...notes, id: '@backups' }
    await bindings.DB.exec('DROP TRIGGER _collections_id_update')
    await bindings.DB.exec("UPDATE _collections SET id = '../../config' WHERE name = 'users'")
    await bindings.DB.exec('UPDATE _catalog_revision SET revision = revision + 1')

    const loading = load({ ...source, definitions: [...source.definitions, hostile] })

    await expect(loading).rejects.toThrow(/The collection "notes" has the id "@backups"/)
    await expect(contentOf('users')).rejects.toThrow(/The collection "users" has the id/)
    expect(await leftovers()).toEqual([])
  })

  it('starts again with another source', async ({ expect }) => {
    const other = [{ rowId: 1n, values: { id: 'other', ...blank } }]
    const stop = { expectSame: () => expect.unreachable() }
    await expect(load(await createSource(other), { ...stop, fingerprint: 'a' })).rejects.toThrow()

    await load(await createSource(), { fingerprint: 'b' })

    expect(await contentOf('notes')).toEqual(withFiles)
  })

  it('stops if another load has begun', async ({ expect }) => {
    const source = await createSource()
    let isInterrupted = false
    const onProgress = (): void => {
      isInterrupted = true
    }
    const overtaken: Source = {
      ...source,
      async rows(...asked) {
        if (isInterrupted) {
          isInterrupted = false
          await load(source, { fingerprint: 'another' })
        }
        return await source.rows(...asked)
      },
    }

    const attempt = load(overtaken, { onProgress })

    await expect(attempt).rejects.toThrow(/^Another load has begun/)
    expect(await contentOf('notes')).toEqual(withFiles)
  })

  it('does not replace content that was created meanwhile', async ({ expect }) => {
    const createMeanwhile = { expectSame: () => undefined, existing: 'keep' as const }
    const source = await createSource()
    const late: Source = {
      ...source,
      async *files() {
        yield* noFiles()
        if ((await existingContent(bindings.DB, await currentDefinitions())).records === 0) {
          await bindings.DB.prepare(
            "INSERT INTO users (id, email, tokenKey) VALUES ('newcomer0000001', 'new@example.com', 'k')",
          ).run()
        }
      },
    }

    const attempt = load(late, createMeanwhile)

    await expect(attempt).rejects.toThrow(/^The deployment changed during the load/)
    expect(await contentOf('users')).toHaveLength(1)
  })

  it('fails if a row differs when it is read back', async ({ expect }) => {
    const source = await createSource()
    let readings = 0
    const fickle: Source = {
      ...source,
      async rows(asked, after, limit) {
        const found = await source.rows(asked, after, limit)
        if (asked.id !== notes.id || after !== beforeAllRows || readings++ === 0) return found
        return found.map((row) => ({ ...row, values: { ...row.values, number: 7 } }))
      },
    }

    await expect(load(fickle)).rejects.toThrow(
      /^The record note00000000000 of notes differs from the source\.$/,
    )
    expect((await currentDefinitions()).map(({ name }) => name)).not.toContain('notes')
  })

  it('replaces an existing file with different content of the same size', async ({ expect }) => {
    const [key = '', content = new Uint8Array()] = Object.entries(fileContents)[0] ?? []
    await bindings.FILES.put(
      key,
      content.map((byte) => byte + 1),
    )

    await load(await createSource())

    expect(await storedText(key)).toBe(new TextDecoder().decode(content))
  })

  it('fails if a file has changed', async ({ expect }) => {
    const source = await createSource()
    const fickle: Source = {
      ...source,
      async *files() {
        for await (const file of source.files()) yield { ...file, md5: async () => '0'.repeat(32) }
      },
    }

    await expect(load(fickle)).rejects.toThrow(/^The file .* differs from the source\.$/)
    expect((await currentDefinitions()).map(({ name }) => name)).not.toContain('notes')
  })

  it('leaves no orphaned file', async ({ expect }) => {
    await bindings.FILES.put('id_notes/note00000000000/former.txt', 'former')
    await bindings.FILES.put('id_gone/record/other.txt', 'of another')
    await load(await createSource())

    const cache = createCatalogCache()
    const transactor = createSystemTransactor(bindings.DB, cache)
    await sweepFiles({ bucket: bindings.FILES, db: bindings.DB, transactor })

    expect(await storedKeys()).toEqual(
      ['id_gone/record/other.txt', ...Object.keys(fileContents)].toSorted(),
    )
  })

  // A record of the replaced content may be deleted while its new files are already stored.
  it('loses none of its files to a sweep in between', async ({ expect }) => {
    const source = await createSource()
    await expect(load(source, { expectSame: () => expect.unreachable() })).rejects.toThrow()
    const now = new Date()
    await runBatch(bindings.DB, [
      sweepAll(sql`SELECT 'id_notes/note00000000000/' AS "prefix"`, now),
    ])
    const cache = createCatalogCache()
    const transactor = createSystemTransactor(bindings.DB, cache)

    await sweepFiles({ bucket: bindings.FILES, db: bindings.DB, transactor }, now)

    expect(await storedKeys()).toEqual(Object.keys(fileContents).toSorted())
  })

  it('leaves nothing for long if it is abandoned', async ({ expect }) => {
    const giveUp = { expectSame: () => expect.unreachable() }
    await expect(load(await createSource(), giveUp)).rejects.toThrow()
    const inHours = (hours: number) => new Date(Date.now() + hours * 60 * 60 * 1000)

    await runScheduledJob('__pbDBOptimize__', inHours(23))
    expect(await leftovers()).not.toEqual([])
    await runScheduledJob('__pbDBOptimize__', inHours(25))

    expect(await leftovers()).toEqual([])
  })
})

describe('second factors', () => {
  const place = { id: 'phone', collectionId: '_pb_users_auth_', recordId: 'ada000000000000' }
  const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const formerly = portableSeeds({ SETTINGS_KEY: 'the key of the source, of 32 characters' })

  /** Stores an account with an authenticator, and another authenticator whose account is gone. */
  async function storeFactors(): Promise<void> {
    await signInSuperuser(createTestApp())
    const secret = (await formerly.seal(place, seed)) ?? ''
    const { collectionId, recordId } = place
    const insert = (id: string, owner: string) =>
      bindings.DB.prepare(
        `INSERT INTO "_totps" ("id", "collectionRef", "recordRef", "secret", "confirmed", "created")
        VALUES (?, ?, ?, ?, 1, '')`,
      ).bind(id, collectionId, owner, secret)
    await bindings.DB.batch([
      bindings.DB.prepare(
        `INSERT INTO "users" ("id", "email", "tokenKey", "password") VALUES (?, 'a@b.co', 'key', '')`,
      ).bind(recordId),
      insert('phone', recordId),
      insert('stray', 'gone00000000000'),
      bindings.DB.prepare(
        `INSERT INTO "_recovery_codes" VALUES (?, ?, 'x', ''), ('gone', 'ada', 'y', '')`,
      ).bind(collectionId, recordId),
    ])
  }

  async function sourceHere(from?: typeof formerly): Promise<Source> {
    const catalog = await createCatalogCache().current(bindings.DB)
    const here = { db: bindings.DB, bucket: bindings.FILES, catalog }
    return deploymentSource({ ...here, ...(from && { seeds: from }) }, () => undefined)
  }

  async function stored(): Promise<{ ids: unknown[]; secret: string; codes: unknown[] }> {
    const totps = await bindings.DB.prepare('SELECT "id", "secret" FROM "_totps"').all()
    const codes = await bindings.DB.prepare('SELECT "hash" FROM "_recovery_codes"').all()
    const secret = String(totps.results[0]?.['secret'])
    return {
      ids: totps.results.map(({ id }) => id),
      secret,
      codes: codes.results.map(({ hash }) => hash),
    }
  }

  it('are sealed with the key of the target', async ({ expect }) => {
    await storeFactors()

    const report = await load(await sourceHere(formerly))

    const { ids, secret, codes } = await stored()
    expect([ids, codes]).toEqual([['phone'], ['x']])
    expect(report.factors).toBe(4)
    expect(await seeds.open(place, secret)).toBe(seed)
    expect(await formerly.open(place, secret)).toBeUndefined()
  })

  it('that no key opens stay as they are', async ({ expect }) => {
    await storeFactors()
    const before = await stored()

    await load(await sourceHere(portableSeeds({})))

    expect(await stored()).toEqual({ ids: ['phone'], secret: before.secret, codes: ['x'] })
  })

  it('are not stored in plain text: without a key nothing is replaced', async ({ expect }) => {
    await storeFactors()
    const before = await stored()

    const loading = load(await sourceHere(formerly), {}, bindings.DB, portableSeeds({}))

    await expect(loading).rejects.toThrow('Set SETTINGS_KEY')
    expect(await stored()).toEqual(before)
  })

  it('stay if the source has none, and go with an account that is gone', async ({ expect }) => {
    await storeFactors()

    const report = await load(await sourceHere())

    expect(report.factors).toBe(0)
    const { ids, secret, codes } = await stored()
    expect([ids, codes]).toEqual([['phone'], ['x']])
    expect(await formerly.open(place, secret)).toBe(seed)
  })
})
