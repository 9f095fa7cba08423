import type PocketBase from 'pocketbase'

/**
 * The accounts that the tests sign in with: each in the collection `members`, with its own
 * password.
 */
export const members = [
  { email: 'ada@example.com', password: 'analytical-engine', name: 'Ada', verified: true },
  { email: 'grace@example.com', password: 'cobol-1959-compiler', name: 'Grace', verified: false },
  { email: 'edsger@example.com', password: 'Dijkstra ä ö 最短', name: '', verified: true },
] as const

const timestamps = [
  { type: 'autodate', name: 'created', onCreate: true },
  { type: 'autodate', name: 'updated', onCreate: true, onUpdate: true },
]

/** Examples of JSON values. */
const documents: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1.5,
  123,
  1e20,
  1.2345678901234567e19,
  1_234_567_890_123_456_768,
  '',
  'text',
  '123',
  '9007199254740993',
  'not [json',
  [],
  {},
  [1, 'two', null, [3]],
  { b: 1, a: { nested: [{}, ''] }, ü: '€ 😀', quote: '"\\\n\u0001' },
]

/**
 * Fills an empty PocketBase through its API with everything it can store: each field type,
 * accounts, links to providers, relations both ways, views on views, indexes of all kinds, rules,
 * files, settings.
 */
export async function fill(client: PocketBase): Promise<void> {
  await client.settings.update({
    meta: { appName: 'Moved', appURL: 'https://moved.example.com' },
    smtp: { host: 'mail.example.com', username: 'postman', password: 'smtp-secret' },
    batch: { enabled: true, maxRequests: 7 },
    logs: { maxDays: 3, logAuthId: true },
    backups: { cron: '0 4 * * 0', cronMaxKeep: 2 },
  })
  await createCollections(client)
  await createAccounts(client)
  await createRecords(client)
}

async function createCollections(client: PocketBase): Promise<void> {
  await client.collections.create({
    name: 'members',
    type: 'auth',
    listRule: '@request.auth.id != ""',
    viewRule: 'id = @request.auth.id || emailVisibility = true',
    createRule: '',
    updateRule: 'id = @request.auth.id',
    manageRule: null,
    fields: [
      { type: 'text', name: 'name', max: 100, presentable: true },
      { type: 'file', name: 'avatar', maxSelect: 1, thumbs: ['100x100', '0x50'] },
      ...timestamps,
    ],
    otp: { enabled: true, duration: 200, length: 6 },
    oauth2: {
      enabled: true,
      providers: [{ name: 'github', clientId: 'client', clientSecret: 'hidden' }],
      mappedFields: { name: 'name' },
    },
    authToken: { duration: 7200 },
  })
  await client.collections.create({
    name: 'topics',
    type: 'base',
    listRule: '',
    viewRule: '',
    fields: [
      { type: 'text', name: 'title', required: true, min: 2, pattern: '^\\S' },
      { type: 'number', name: 'weight', min: 0, max: 10 },
      ...timestamps,
    ],
    indexes: [
      'CREATE UNIQUE INDEX idx_topics_title ON topics (title COLLATE NOCASE)',
      'CREATE INDEX `idx_topics_heavy` ON `topics` (`weight` DESC, lower(`title`)) WHERE `weight` > 5',
    ],
  })
  const topics = await client.collections.getOne('topics')
  const users = await client.collections.getOne('members')
  await client.collections.create({
    name: 'everything',
    type: 'base',
    listRule: '@request.auth.id != "" && owner = @request.auth.id',
    viewRule: 'bool = true || owner.verified = true',
    createRule: '@request.auth.id != "" && @request.body.owner = @request.auth.id',
    updateRule: null,
    deleteRule: '@collection.topics.title ?= text',
    fields: [
      { type: 'text', name: 'text', help: 'Any text', autogeneratePattern: '[a-z]{5}' },
      { type: 'text', name: 'secret', hidden: true },
      { type: 'editor', name: 'editor', convertURLs: true },
      { type: 'number', name: 'number' },
      { type: 'number', name: 'whole', onlyInt: true, min: -5, max: 9_007_199_254_740_991 },
      { type: 'bool', name: 'bool' },
      { type: 'email', name: 'email', onlyDomains: ['example.com'] },
      { type: 'url', name: 'url', exceptDomains: ['example.org'] },
      { type: 'date', name: 'date', min: '1900-01-01 00:00:00.000Z' },
      { type: 'select', name: 'choice', values: ['a', 'b', 'c'], maxSelect: 1 },
      { type: 'select', name: 'choices', values: ['a', 'b', 'c'], maxSelect: 3 },
      { type: 'file', name: 'attachment', maxSelect: 1, maxSize: 20_000_000 },
      { type: 'file', name: 'attachments', maxSelect: 5, protected: true },
      { type: 'relation', name: 'owner', collectionId: users.id, maxSelect: 1 },
      {
        type: 'relation',
        name: 'topics',
        collectionId: topics.id,
        maxSelect: 9,
        cascadeDelete: true,
      },
      { type: 'json', name: 'json', maxSize: 500_000 },
      { type: 'geoPoint', name: 'place' },
      { type: 'password', name: 'pin', min: 4, cost: 5 },
      ...timestamps,
    ],
  })
  await client.collections.create({
    name: 'summary',
    type: 'view',
    listRule: '',
    viewRule: '',
    viewQuery: `SELECT e.id, e.text, e.attachment, e.json, m.name AS author, count(t.id) AS many, cast(sum(t.weight) AS real) AS weight
      FROM everything e LEFT JOIN members m ON m.id = e.owner
      LEFT JOIN topics t ON e.topics LIKE '%"' || t.id || '"%' GROUP BY e.id`,
  })
  await client.collections.create({
    name: 'heavy',
    type: 'view',
    listRule: null,
    viewQuery: 'SELECT id, author, weight FROM summary WHERE weight > 5',
  })
  await client.collections.create({
    name: 'Numbered',
    type: 'base',
    fields: [
      {
        type: 'text',
        name: 'id',
        system: true,
        primaryKey: true,
        required: true,
        min: 1,
        max: 20,
        pattern: '^[A-Z0-9-]+$',
        autogeneratePattern: '[A-Z]{8}',
      },
    ],
  })
}

async function createAccounts(client: PocketBase): Promise<void> {
  for (const { password, ...member } of members) {
    await client.collection('members').create({
      ...member,
      password,
      passwordConfirm: password,
      emailVisibility: member.verified,
      avatar: new File([`picture of ${member.name}`], 'Ávatar 1.png', { type: 'image/png' }),
    })
  }
  const [first] = await client.collection('members').getFullList({ sort: '@rowid' })
  await client.collection('_externalAuths').create({
    collectionRef: first?.collectionId,
    recordRef: first?.id,
    provider: 'github',
    providerId: '4711',
  })
  await client.collection('_superusers').create({
    email: 'second@example.com',
    password: 'second-superuser',
    passwordConfirm: 'second-superuser',
  })
}

async function createRecords(client: PocketBase): Promise<void> {
  const topics: string[] = []
  for (const [at, title] of ['Éclair', 'zebra', '最短', 'x'.repeat(300)].entries()) {
    topics.push((await client.collection('topics').create({ title, weight: at * 2.5 })).id)
  }
  const owners = (await client.collection('members').getFullList({ sort: '@rowid' })).map(
    ({ id }) => id,
  )

  for (const [at, json] of documents.entries()) {
    await client.collection('everything').create({
      text: at === 3 ? 'quotes \' " ` \\ and\nlines\0' : `text ${at} ä 😀`,
      secret: `secret ${at}`,
      editor: at % 2 === 0 ? '' : `<p>${'long '.repeat(at * 500)}</p>`,
      number: [0, 0.1, -1e-9, 1e300, 3][at % 5],
      whole: [0, -5, 9_007_199_254_740_991][at % 3],
      bool: at % 2 === 0,
      email: at % 2 === 0 ? '' : `a${at}@example.com`,
      url: at % 2 === 0 ? '' : `https://example.com/${at}?q=ä`,
      date: at % 2 === 0 ? '' : `2024-02-29 12:00:0${at % 10}.123Z`,
      choice: ['', 'a', 'c'][at % 3],
      choices: [[], ['c', 'a'], ['b']][at % 3],
      owner: owners[at % 4] ?? '',
      topics: topics.slice(0, at % 4),
      json,
      place: { lon: at * 10 - 80, lat: at / 3 },
      pin: at % 2 === 0 ? '' : `pin-${at}`,
    })
  }
  await client.collection('everything').create({
    text: 'with files',
    owner: owners[0],
    attachment: new File([largeFile()], 'Größe & Maß (1).tar.gz'),
    attachments: [
      new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' }),
      new File([''], 'empty'),
      new File([new Uint8Array([0, 255, 1, 254])], '日本.bin'),
    ],
  })
  for (const id of ['A-1', 'B', 'Z9']) await client.collection('Numbered').create({ id })
}

/** Twelve megabytes that do not compress well: more than one part of an upload. */
function largeFile(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 * 2 ** 20)
  let state = 1
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}
