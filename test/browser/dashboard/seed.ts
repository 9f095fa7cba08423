import type PocketBase from 'pocketbase'
import type { CollectionModel } from 'pocketbase'

/*
 * What a small magazine would have in its deployment: fields of every type, long texts, records that
 * refer to others, files, and empty collections. Tests and pictures begin with it.
 */

/** The amount of seeded data. Tests that need few records reduce it. */
export interface SeedOptions {
  readonly posts?: number
}

const adjectives = ['Quiet', 'Northern', 'Second', 'Open', 'Small', 'Bright', 'Late', 'Common']
const nouns = ['harbour', 'garden', 'letters', 'season', 'workshop', 'river', 'archive', 'kitchen']

/** The title of the post with this number. */
function postTitle(index: number): string {
  const adjective = adjectives[index % adjectives.length]
  const noun = nouns[Math.floor(index / adjectives.length) % nouns.length]
  return `${adjective} ${noun} ${index + 1}`
}

/** Fills a deployment as superuser. */
export async function seed(admin: PocketBase, { posts = 150 }: SeedOptions = {}): Promise<void> {
  const tags = await createCollection(admin, {
    name: 'tags',
    fields: [
      { name: 'name', type: 'text', required: true, presentable: true },
      { name: 'color', type: 'select', values: ['red', 'green', 'blue'], maxSelect: 1 },
    ],
  })
  const authors = await createCollection(admin, {
    name: 'authors',
    type: 'auth',
    listRule: '',
    viewRule: '',
    fields: [
      { name: 'name', type: 'text', presentable: true },
      { name: 'website', type: 'url' },
      { name: 'avatar', type: 'file', maxSelect: 1, mimeTypes: ['image/png', 'image/jpeg'] },
    ],
  })
  const postsCollection = await createCollection(admin, {
    name: 'posts',
    listRule: 'published = true || author = @request.auth.id',
    viewRule: 'published = true || author = @request.auth.id',
    fields: [
      {
        name: 'title',
        type: 'text',
        required: true,
        max: 120,
        presentable: true,
        help: 'Shown in lists and in the address.',
      },
      { name: 'published', type: 'bool' },
      { name: 'status', type: 'select', values: ['draft', 'review', 'live'], maxSelect: 1 },
      { name: 'views', type: 'number', min: 0, max: 1_000_000, onlyInt: true },
      { name: 'author', type: 'relation', collectionId: authors.id, maxSelect: 1 },
      { name: 'tags', type: 'relation', collectionId: tags.id, maxSelect: 5 },
      { name: 'channels', type: 'select', maxSelect: 9, values: channels },
      { name: 'contact', type: 'email' },
      { name: 'source', type: 'url' },
      { name: 'publishAt', type: 'date' },
      { name: 'place', type: 'geoPoint' },
      { name: 'meta', type: 'json' },
      { name: 'body', type: 'editor' },
      { name: 'images', type: 'file', maxSelect: 4, maxSize: 200_000, mimeTypes: ['image/png'] },
      { name: 'pin', type: 'password', min: 4 },
      { name: 'created', type: 'autodate', onCreate: true },
      { name: 'updated', type: 'autodate', onCreate: true, onUpdate: true },
    ],
  })
  await createCollection(admin, {
    name: 'comments',
    fields: [
      {
        name: 'post',
        type: 'relation',
        collectionId: postsCollection.id,
        maxSelect: 1,
        required: true,
        cascadeDelete: true,
      },
      { name: 'text', type: 'text' },
      { name: 'by', type: 'relation', collectionId: authors.id, maxSelect: 1 },
      { name: 'created', type: 'autodate', onCreate: true },
    ],
  })
  await createCollection(admin, {
    name: 'newsletter_issues',
    fields: [{ name: 'subject', type: 'text' }],
  })
  await createCollection(admin, {
    name: 'published_posts',
    type: 'view',
    viewQuery: 'SELECT id, title, views, created FROM posts WHERE published = TRUE',
  })

  const tagIds = await createEach(
    admin,
    'tags',
    [
      'essay',
      'news',
      'interview',
      'photo',
      'a tag with a name that is longer than most of the others',
    ].map((name, index) => ({ name, color: ['red', 'green', 'blue'][index % 3] })),
  )
  const authorIds = await createEach(
    admin,
    'authors',
    ['Ann Almeida', 'Ben Okafor', 'Chiara Rossi-Montgomery', 'Đặng Minh'].map((name, index) => ({
      name,
      email: `author${index + 1}@example.com`,
      password: 'correct-horse-battery',
      passwordConfirm: 'correct-horse-battery',
      website: `https://example.com/${index + 1}`,
      verified: index !== 1,
    })),
  )
  const postIds = await createEach(
    admin,
    'posts',
    Array.from({ length: posts }, (_, index) => postOf(index, authorIds, tagIds)),
  )
  await createEach(
    admin,
    'comments',
    postIds
      .slice(0, 12)
      .map((post, index) => ({ post, text: `Comment ${index + 1}`, by: authorIds[index % 4] })),
  )
}

/** A collection with numbered records, which the database makes itself. */
export async function seedMany(admin: PocketBase, name: string, count: number): Promise<void> {
  await createCollection(admin, {
    name,
    fields: [
      { name: 'value', type: 'number', max: 1_000_000 },
      { name: 'note', type: 'text', presentable: true },
    ],
  })
  await admin.send('/api/sql', {
    method: 'POST',
    body: {
      query: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
        INSERT INTO ${name} (id, value, note)
        SELECT printf('r%014d', i), i, 'note ' || i FROM n`,
    },
  })
}

const channels = [
  'web',
  'app',
  'print',
  'radio',
  'mail',
  'partner',
  'archive',
  'social',
  'internal',
]

function postOf(index: number, authorIds: readonly string[], tagIds: readonly string[]): object {
  const isLong = index % 17 === 3
  const [draft, review, live] = ['draft', 'review', 'live']
  return {
    title: isLong
      ? `${postTitle(index)}, which has a title that goes on for long enough to be cut off in a list`
      : postTitle(index),
    published: index % 3 !== 0,
    status: index % 3 === 0 ? draft : index % 5 === 0 ? review : live,
    views: (index * 7919) % 100_000,
    author: authorIds[index % authorIds.length],
    tags: tagIds.slice(index % 3, (index % 3) + (index % 4)),
    channels: channels.slice(index % 5, (index % 5) + 2),
    contact: index % 4 === 0 ? '' : `desk${index}@example.com`,
    source: index % 6 === 0 ? `https://news.example.org/stories/${index}` : '',
    publishAt:
      index % 3 === 0 ? '' : `2026-11-${String((index % 28) + 1).padStart(2, '0')} 08:30:00.000Z`,
    place: index % 4 === 1 ? { lat: 48.2 + index / 1000, lon: 16.37 } : undefined,
    meta: index % 2 === 0 ? { words: 400 + index, reviewed: index % 4 === 0 } : null,
    body: `<p>The body of <strong>post ${index + 1}</strong>.</p>`,
    pin: '1234',
  }
}

async function createCollection(admin: PocketBase, definition: object): Promise<CollectionModel> {
  return await admin.collections.create({ type: 'base', ...definition })
}

/** Creates records in order, some at a time. */
async function createEach(
  admin: PocketBase,
  collection: string,
  bodies: readonly object[],
): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < bodies.length; at += 8) {
    const created = await Promise.all(
      bodies
        .slice(at, at + 8)
        .map((body) => admin.collection(collection).create({ ...body }, { requestKey: null })),
    )
    ids.push(...created.map(({ id }) => id))
  }
  return ids
}
