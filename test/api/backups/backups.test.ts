import { describe, it } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { host } from '#test-host'
import { signInSuperuser, signIn, signUp, type SignedIn } from '../../support/accounts.ts'
import { archiveOf } from '../../support/archives.ts'
import { bindings } from '../../support/bindings.ts'
import { codesOf, createCollections, createRecords } from '../../support/collections.ts'
import { formOf, storedKeys, storedText } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { zipOf } from '../../support/zip.ts'

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
}

interface Doc {
  readonly id: string
  readonly scan: string
}

async function createWorld(): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await createCollections(
    app,
    admin.token,
    {
      name: 'docs',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'number', name: 'rank' },
        { type: 'json', name: 'extra' },
        { type: 'file', name: 'scan', maxSelect: 1 },
      ],
      indexes: ['CREATE INDEX `idx_docs_title` ON `docs` (`title`)'],
    },
    { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM docs' },
  )
  await app.patch(
    '/api/settings',
    { meta: { appName: 'My Shop' }, smtp: { password: 'hunter2' } },
    { token: admin.token },
  )
  return { app, admin }
}

async function uploadDoc({ app }: World, title: string, content: string): Promise<Doc> {
  const form = formOf(['title', title], ['scan', new File([content], 'scan.txt')])
  return (await app.post('/api/collections/docs/records', form)).body as Doc
}

async function list({ app, admin }: World): Promise<{ key: string; size: number }[]> {
  return (await app.get('/api/backups', { token: admin.token })).body as {
    key: string
    size: number
  }[]
}

interface Report {
  readonly outcome: string
  readonly reason: string
  readonly records: Readonly<Record<string, number>>
  readonly leftOut: readonly unknown[]
}

/** The reports of the last backup and the last restore. */
async function activity({
  app,
  admin,
}: World): Promise<{ lastBackup: Report | null; lastRestore: Report | null }> {
  const { body } = await app.get('/api/health', admin)
  return (body as { data: { lastBackup: Report | null; lastRestore: Report | null } }).data
}

/** Waits for the running task. */
async function settled(): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if ((await host.backups.current()) === undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It does not end.')
}

async function create(world: World, name = 'a.zip'): Promise<void> {
  const answer = await world.app.post('/api/backups', { name }, { token: world.admin.token })
  if (answer.status !== 204) throw new Error(JSON.stringify(answer.body))
}

async function download(
  { app, admin }: World,
  key: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const { body } = await app.post('/api/files/token', undefined, { token: admin.token })
  const { token } = body as { token: string }
  return await app.fetch(`http://127.0.0.1:8787/api/backups/${key}?token=${token}`, { headers })
}

describe('a backup', () => {
  it('is made, listed, downloaded, and deleted', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin } = world
    await uploadDoc(world, 'one', 'content')

    await create(world)

    const [listed] = await list(world)
    expect(listed).toEqual({
      modified: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/),
      key: 'a.zip',
      size: expect.any(Number),
    })
    const response = await download(world, 'a.zip')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.headers.get('Content-Type')).toBe('application/zip')
    expect(response.headers.get('Content-Disposition')).toBe('attachment; filename=a.zip')
    expect(response.headers.get('X-Frame-Options')).toBe('SAMEORIGIN')
    expect(bytes.length).toBe(listed?.size)
    expect(bytes.subarray(0, 2)).toEqual(new TextEncoder().encode('PK'))
    const part = await download(world, 'a.zip', { Range: 'bytes=0-1' })
    expect([part.status, await part.text()]).toEqual([206, 'PK'])

    const deleted = await app.delete('/api/backups/a.zip', { token: admin.token })
    expect(deleted.status).toBe(204)
    expect(await list(world)).toEqual([])
    const again = await app.delete('/api/backups/a.zip', { token: admin.token })
    expect(again.status).toBe(400)
  })

  it('restores values of every type in the database', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin } = world
    const values = [
      "x'00ff'",
      "x''",
      '9e999',
      '-9e999',
      '9223372036854775807',
      '0.1',
      "CAST(x'61ff' AS TEXT)",
      "'a' || char(0) || 'b'",
      "'a \ufffd b'",
    ]
    const stored = 'SELECT id, hex(title), typeof(title), quote(rank), hex(rank), typeof(rank), '
    const query = `${stored} quote(extra), hex(extra), typeof(extra) FROM docs ORDER BY id`
    await bindings.DB.batch(
      values.map((value, at) =>
        bindings.DB.prepare(
          `INSERT INTO docs (id, title, rank, extra) VALUES ('doc${at}', ${value}, ${value}, ${value})`,
        ),
      ),
    )
    const before = await bindings.DB.prepare(query).raw()

    await create(world)
    await bindings.DB.exec('DELETE FROM docs')
    const restored = await app.post('/api/backups/a.zip/restore', undefined, admin)
    await settled()

    expect(restored.status).toBe(204)
    expect(before).toHaveLength(values.length)
    expect(await bindings.DB.prepare(query).raw()).toEqual(before)
  })

  it('reports every name that a restore cannot store', async ({ expect }) => {
    const world = await createWorld()
    await bindings.DB.batch([
      bindings.DB.prepare("INSERT INTO docs (id, scan) VALUES ('aside', '../../other/scan.txt')"),
      bindings.DB.prepare("INSERT INTO docs (id, scan) VALUES ('..', 'scan.txt')"),
    ])

    await create(world)

    const { lastBackup, lastRestore } = await activity(world)
    expect(lastRestore).toBeNull()
    expect(lastBackup).toMatchObject({ key: 'a.zip', outcome: 'done', reason: '' })
    expect(lastBackup?.leftOut).toEqual([
      { collection: 'docs', id: 'aside', field: 'scan', reason: expect.stringContaining('other') },
      { collection: 'docs', id: '..', field: 'scan', reason: expect.stringContaining('scan.txt') },
    ])
  })

  it('reports the outcome of a restore to superusers only', async ({ expect }) => {
    const world = await createWorld()
    await uploadDoc(world, 'one', 'content')
    await create(world)
    const restore = () => world.app.post('/api/backups/a.zip/restore', undefined, world.admin)

    await restore()
    await settled()
    const done = await activity(world)
    await bindings.DB.exec("CREATE TABLE 'staging:docs_id' (id TEXT)")
    await bindings.DB.exec('CREATE VIEW blocking AS SELECT id FROM docs')
    await bindings.DB.exec('DROP VIEW titles')
    await restore()
    await settled()
    const failed = await activity(world)

    expect(done.lastRestore).toMatchObject({
      key: 'a.zip',
      outcome: 'done',
      reason: '',
      records: { docs: 1 },
      files: { count: 1, bytes: 7 },
      leftOut: [],
    })
    expect(failed.lastRestore).toMatchObject({ key: 'a.zip', outcome: 'failed', records: {} })
    expect(failed.lastRestore?.reason).toContain('titles')
    expect(failed.lastBackup).toMatchObject({ outcome: 'done' })
    expect((await world.app.get('/api/health')).body).toMatchObject({ data: {} })
    const user = await signUp(world.app, 'user@example.com')
    const seen = await world.app.get('/api/health', user)
    expect((seen.body as { data: unknown }).data).toEqual({})
  })

  it('restores no file outside records', async ({ expect }) => {
    const world = await createWorld()
    const { collections } = await createCatalogCache().current(bindings.DB)
    const definitions = collections.all.map(({ definition }) => definition)
    const names = [
      'storage/docs_id/../a.txt',
      'storage/../docs_id/a.txt',
      'storage/@backups/other/a.zip',
      'storage/docs_id/r1/CON',
      'storage/unknown/r1/a.txt',
      'storage/docs_id/r1/b/c.txt',
    ]
    const archive = await archiveOf({
      'definitions.json': JSON.stringify(definitions),
      'settings.json': JSON.stringify(defaultSettings),
      ...Object.fromEntries(names.map((name) => [name, 'hostile'])),
    })
    await bindings.FILES.put('@backups/hostile.zip', archive)

    await world.app.post('/api/backups/hostile.zip/restore', undefined, world.admin)
    await settled()

    expect(await storedKeys()).toEqual(['@backups/hostile.zip'])
    const { results } = await bindings.DB.prepare(
      "SELECT value FROM _params WHERE id = 'lastRestore'",
    ).all<{ value: string }>()
    const { leftOut } = JSON.parse(results[0]?.value ?? '') as { leftOut: { reason: string }[] }
    expect(leftOut.map(({ reason }) => reason)).toEqual(
      [...names, 'second factors'].map((name) => expect.stringContaining(name)),
    )
  })

  it('rejects definitions with an unsafe id', async ({ expect }) => {
    const world = await createWorld()
    const { collections } = await createCatalogCache().current(bindings.DB)
    const definitions = collections.all.map(({ definition }) => definition)
    const hostile = definitions.map((one) => (one.name === 'docs' ? { ...one, id: '../x' } : one))
    const archive = await archiveOf({
      'definitions.json': JSON.stringify(hostile),
      'settings.json': JSON.stringify(defaultSettings),
    })
    await bindings.FILES.put('@backups/hostile.zip', archive)

    const answer = await world.app.post('/api/backups/hostile.zip/restore', undefined, world.admin)

    expect(answer.status).toBe(400)
  })

  it('is named after the application and the time by default', async ({ expect }) => {
    const world = await createWorld()

    await create(world, '')

    const [listed] = await list(world)
    expect(listed?.key).toMatch(/^pb_backup_my_shop_\d{14}\.zip$/)
  })

  it.for([
    ['A.zip', 'validation_match_invalid'],
    ['a.tar', 'validation_match_invalid'],
    ['../a.zip', 'validation_match_invalid'],
    [`${'a'.repeat(150)}.zip`, 'validation_length_out_of_range'],
    ['taken.zip', 'validation_backup_name_exists'],
  ] as const)('is not named %s', async ([name, code], { expect }) => {
    const world = await createWorld()
    await create(world, 'taken.zip')

    const answer = await world.app.post('/api/backups', { name }, { token: world.admin.token })

    expect(answer.status).toBe(400)
    expect(codesOf(answer)).toEqual({ name: code })
  })

  it('restores everything into an empty deployment', async ({ expect }) => {
    const world = await createWorld()
    const { app } = world
    const doc = await uploadDoc(world, 'one', 'content of the file')
    const extra = { deep: [1, 2.5, null, 'x'] }
    await createRecords(app, '', 'docs', { title: 'two', rank: 2 ** 60, extra })
    await signUp(app, 'ada@example.com')
    await create(world)
    const archive = await (await download(world, 'a.zip')).arrayBuffer()
    const before = await everything(world)

    const { resetBindings } = await import('../../support/bindings.ts')
    await resetBindings()
    const other = { app: createTestApp(), admin: await signInSuperuser(createTestApp()) }
    const form = formOf(['file', new File([archive], 'moved.zip')])
    const uploaded = await other.app.post('/api/backups/upload', form, {
      token: other.admin.token,
    })
    expect(uploaded.status).toBe(204)
    const restored = await other.app.post('/api/backups/moved.zip/restore', undefined, {
      token: other.admin.token,
    })
    expect(restored.status).toBe(204)
    await settled()

    const again = await signIn(other.app, '_superusers', 'admin@example.com')
    expect(await everything({ app: other.app, admin: again })).toEqual(before)
    expect(await storedText(`docs_id/${doc.id}/${doc.scan}`)).toBe('content of the file')
    expect((await signIn(other.app, 'users', 'ada@example.com')).token).toBeTypeOf('string')
    const file = await other.app.get(`/api/files/docs/${doc.id}/${doc.scan}`)
    expect([file.status, file.body]).toEqual([200, 'content of the file'])
    const stored = await bindings.DB.prepare(
      `SELECT "value" FROM "_params" WHERE "id" = 'settings'`,
    ).first<{ value: string }>()
    expect(stored?.value).not.toContain('hunter2')
    // Sessions of the new deployment do not belong to the backup's accounts.
    expect((await other.app.get('/api/backups', other.admin)).status).toBe(401)
  })

  it('replaces later changes, including files', async ({ expect }) => {
    const world = await createWorld()
    const doc = await uploadDoc(world, 'one', 'kept')
    await create(world)
    await uploadDoc(world, 'two', 'made later')
    await world.app.delete(`/api/collections/docs/records/${doc.id}`)

    await world.app.post('/api/backups/a.zip/restore', undefined, { token: world.admin.token })
    await settled()
    const { status } = await world.app.post(
      '/api/crons/__areteFilesCleanup__',
      undefined,
      await signIn(world.app, '_superusers', 'admin@example.com'),
    )

    expect(status).toBe(204)
    const { body } = await world.app.get('/api/collections/docs/records')
    expect(body).toMatchObject({ totalItems: 1, items: [{ id: doc.id, title: 'one' }] })
    expect(await storedText(`docs_id/${doc.id}/${doc.scan}`)).toBe('kept')
    expect((await storedKeys()).filter((key) => key.startsWith('docs_id/'))).toHaveLength(1)
  })

  it('that is damaged replaces nothing', async ({ expect }) => {
    const world = await createWorld()
    const { id, scan } = await uploadDoc(world, 'one', 'content')
    await create(world)
    // An existing file would not be read.
    await bindings.FILES.delete(`docs_id/${id}/${scan}`)
    const archive = new Uint8Array(await (await download(world, 'a.zip')).arrayBuffer())
    await createRecords(world.app, '', 'docs', { title: 'later' })
    const content = new TextDecoder('latin1').decode(archive).indexOf('storage/docs_id')
    for (const [name, at] of [
      ['documents', 200],
      ['file', content + 53],
      ['end', archive.length - 10],
    ] as const) {
      const broken = archive.slice()
      broken[at] = (broken[at] ?? 0) ^ 0xff
      await bindings.FILES.put(`@backups/${name}.zip`, broken)

      const { status } = await world.app.post(`/api/backups/${name}.zip/restore`, undefined, {
        token: world.admin.token,
      })
      await settled()

      expect([name, status]).toEqual([name, name === 'file' ? 204 : 400])
      const { body } = await world.app.get('/api/collections/docs/records')
      expect(body).toMatchObject({ totalItems: 2 })
    }
  })

  // The author of an archive also computes its digest.
  it.for([
    { name: 'without definitions', definitions: '[]' },
    { name: 'with none at all', definitions: 'null' },
    { name: 'with what is no JSON', definitions: 'nope' },
  ])('that is made up, $name, is refused', async ({ definitions }, { expect }) => {
    const world = await createWorld()
    const settings = JSON.stringify(defaultSettings)
    const archive = await archiveOf({ 'definitions.json': definitions, 'settings.json': settings })
    await bindings.FILES.put('@backups/x.zip', archive)

    const { status } = await world.app.post('/api/backups/x.zip/restore', undefined, {
      token: world.admin.token,
    })
    await settled()

    expect(status).toBe(400)
    expect((await world.app.get('/api/collections/docs/records')).status).toBe(200)
  })

  it.for(['.', '..', `${'x'.repeat(200)}.zip`])(
    'is not uploaded as %s',
    async (name, { expect }) => {
      const { app, admin } = await createWorld()
      const archive = zipOf([{ name: 'a', content: new Uint8Array(3) }])

      const form = formOf(['file', new File([archive], name)])
      const { status } = await app.post('/api/backups/upload', form, { token: admin.token })

      expect(status).toBe(400)
      expect(await storedKeys()).toEqual([])
    },
  )

  it.for([
    ['no archive', 'hello'],
    ['an archive of something else', 'PK\u0003\u0004'],
  ] as const)('is refused for %s', async ([, content], { expect }) => {
    const world = await createWorld()
    await bindings.FILES.put('@backups/x.zip', content)

    const answer = await world.app.post('/api/backups/x.zip/restore', undefined, {
      token: world.admin.token,
    })

    expect([answer.status, (answer.body as { message: string }).message]).toEqual([
      400,
      'Missing or invalid backup file.',
    ])
  })

  it('is downloaded only with a superuser’s file token', async ({ expect }) => {
    const world = await createWorld()
    await create(world)
    const user = await signUp(world.app, 'ada@example.com')
    const { body } = await world.app.post('/api/files/token', undefined, { token: user.token })
    const path = '/api/backups/a.zip'

    for (const token of ['', 'nonsense', world.admin.token, (body as { token: string }).token]) {
      const answer = await world.app.get(`${path}?token=${token}`, { token: world.admin.token })
      expect(answer.status).toBe(403)
    }
  })

  it('is for superusers', async ({ expect }) => {
    const { app } = await createWorld()
    const user = await signUp(app, 'ada@example.com')

    for (const [method, path] of [
      ['GET', '/api/backups'],
      ['POST', '/api/backups'],
      ['POST', '/api/backups/upload'],
      ['DELETE', '/api/backups/a.zip'],
      ['POST', '/api/backups/a.zip/restore'],
    ] as const) {
      expect((await app.request(method, path)).status).toBe(401)
      expect((await app.request(method, path, user)).status).toBe(403)
    }
  })
})

/** The content of a deployment, as a superuser sees it. */
async function everything({ app, admin }: World): Promise<unknown> {
  const { token } = admin
  const { body } = await app.get('/api/collections?perPage=100', { token })
  const { items } = body as { items: { name: string }[] }
  const records = await Promise.all(
    items
      .filter(({ name }) => name !== '_authOrigins')
      .map(async ({ name }) => [
        name,
        (await app.get(`/api/collections/${name}/records?perPage=100`, { token })).body,
      ]),
  )
  return { items, records, settings: (await app.get('/api/settings', { token })).body }
}
