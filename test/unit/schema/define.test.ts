import { describe, expectTypeOf, it } from 'vitest'
import { defineCollection, index } from '#schema/define/define-collection.ts'
import {
  autodate,
  bool,
  email,
  file,
  json,
  number,
  relation,
  select,
  text,
} from '#schema/define/fields.ts'
import type { InferCreate, InferRecord, InferUpdate } from '#schema/define/infer.ts'

const users = defineCollection('users', {
  type: 'auth',
  id: '_pb_users_auth_',
  fields: { name: text({ max: 255 }) },
})

const posts = defineCollection('posts', {
  fields: {
    title: text({ required: true, max: 200, renamedFrom: 'headline' }),
    author: relation(() => users, { required: true }),
    tags: select(['news', 'howto'], { max: 2 }),
    state: select(['draft', 'public'], { required: true }),
    cover: file({ mimeTypes: ['image/png'], thumbs: ['320x200'] }),
    views: number(),
    meta: json<{ readonly color: string }>(),
    created: autodate('create'),
  },
  rules: { list: '', view: '', create: 'author = @request.auth.id' },
  indexes: [index(['author', 'created']), index(['title'], { unique: true })],
})

describe('defineCollection', () => {
  it('is PocketBase’s JSON with derived ids', ({ expect }) => {
    const definition = JSON.parse(JSON.stringify(posts)) as Record<string, unknown>

    expect(definition).toMatchObject({
      id: 'pbc_1125843985',
      name: 'posts',
      type: 'base',
      listRule: '',
      updateRule: null,
      deleteRule: null,
      indexes: [
        'CREATE INDEX `idx_posts_author_created` ON `posts` (\n  `author`,\n  `created`\n)',
        'CREATE UNIQUE INDEX `idx_posts_title` ON `posts` (`title`)',
      ],
    })
    expect(definition['fields']).toMatchObject([
      { name: 'id', type: 'text', id: 'text3208210256', primaryKey: true },
      { name: 'title', id: 'text724990059', required: true, max: 200, renamedFrom: 'headline' },
      { name: 'author', type: 'relation', collectionId: '_pb_users_auth_', maxSelect: 1 },
      { name: 'tags', values: ['news', 'howto'], maxSelect: 2 },
      { name: 'state', maxSelect: 1 },
      { name: 'cover', mimeTypes: ['image/png'] },
      { name: 'views' },
      { name: 'meta' },
      { name: 'created', onCreate: true, onUpdate: false },
    ])
  })

  it('adds the fields of accounts, each with the options that code gives it', ({ expect }) => {
    const members = defineCollection('members', {
      type: 'auth',
      fields: { email: email({ required: false }), done: bool() },
      rules: { auth: 'verified = true' },
      options: { authToken: { duration: 60 } },
    })

    expect(members.toJSON()).toMatchObject({
      authRule: 'verified = true',
      manageRule: null,
      authToken: { duration: 60 },
      fields: [
        { name: 'id' },
        { name: 'password' },
        { name: 'tokenKey' },
        { name: 'email', required: false, system: true },
        { name: 'emailVisibility' },
        { name: 'verified' },
        { name: 'done' },
      ],
    })
  })

  it('has types for what is read and written', () => {
    type Post = InferRecord<typeof posts>
    type NewPost = InferCreate<typeof posts>
    type PostChange = InferUpdate<typeof posts>

    expectTypeOf<Post['id']>().toEqualTypeOf<string>()
    expectTypeOf<Post['collectionName']>().toEqualTypeOf<'posts'>()
    expectTypeOf<Post['tags']>().toEqualTypeOf<('news' | 'howto')[]>()
    expectTypeOf<Post['state']>().toEqualTypeOf<'draft' | 'public'>()
    expectTypeOf<Post['author']>().toEqualTypeOf<string>()
    expectTypeOf<Post['cover']>().toEqualTypeOf<string>()
    expectTypeOf<Post['meta']>().toEqualTypeOf<{ readonly color: string } | null>()
    expectTypeOf<NewPost>().toExtend<{ title: string; state: 'draft' | 'public' | '' }>()
    expectTypeOf<NewPost['views']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<NewPost>().not.toHaveProperty('created')
    expectTypeOf<PostChange['title']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<PostChange['views+']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<InferRecord<typeof users>>().toHaveProperty('email')
    expectTypeOf<InferRecord<typeof users>>().not.toHaveProperty('password')
    expectTypeOf<InferCreate<typeof users>>().toHaveProperty('passwordConfirm')
  })
})
