import { describe, it } from 'vitest'
import { typesFile } from '#openapi/typescript/types-file.ts'
import { compiledPrograms } from '../support/compiled-programs.ts'
import {
  blogCollections,
  catalogOf,
  everyField,
  everySignIn,
  hundredCollections,
  oddNames,
} from '../support/described-collections.ts'

/*
 * Compiles the generated types with programs that use the official client, under `strict`. A line
 * that must not compile is marked, and a mark without an error is an error.
 */

const compile = compiledPrograms(['pocketbase'])

const program = `
import PocketBase from 'pocketbase'
import { Collections, type Create, type PostsRecord, type PostsResponse, type TypedPocketBase, type Update, type UsersResponse } from './arete-types.ts'

const pb = new PocketBase('http://127.0.0.1:8787') as TypedPocketBase
const plain: PocketBase = pb

export async function read(): Promise<string[]> {
  const page = await pb.collection('posts').getList(1, 20, { filter: pb.filter('views > {:n}', { n: 1 }), expand: 'author' })
  const [post] = page.items
  const status: 'open' | 'closed' | '' | undefined = post?.status
  const name: string | undefined = post?.expand?.author?.name
  const texts = post?.expand?.comments_via_post?.map((comment) => comment.text) ?? []
  const deep: string | undefined = post?.expand?.comments_via_post?.[0]?.expand?.post?.expand?.author?.email
  const single: string | undefined = post?.expand?.profiles_via_post?.id
  // @ts-expect-error -- a collection has no such field
  post?.titel
  // @ts-expect-error -- a number
  const views: string = post?.views
  return [...texts, status ?? '', name ?? '', deep ?? '', single ?? '', String(views)]
}

export async function write(): Promise<PostsResponse> {
  const body: Create<'posts'> = { title: 'First', status: 'open' }
  const post = await pb.collection(Collections.Posts).create(body)
  const change: Update<'posts'> = { 'views+': 1 }
  await pb.collection('posts').update(post.id, change)
  await pb.collection('posts').update(post.id, new FormData())
  await pb.collection('everything').create({ needed: 'x', picture: new File([], 'a.png'), due: new Date(), extra: { any: ['thing'] } })
  await pb.collection('everything').update('x', { 'papers-': 'old.pdf', 'labels+': ['a', 'b'] })
  // @ts-expect-error -- the title is missing
  await pb.collection('posts').create({ status: 'open' })
  // @ts-expect-error -- no such value
  await pb.collection('posts').create({ title: 'x', status: 'opened' })
  // @ts-expect-error -- the server sets it
  await pb.collection('posts').create({ title: 'x', created: '2026-01-01' })
  // @ts-expect-error -- no such field
  await pb.collection('posts').update(post.id, { titel: 'x' })
  await pb.collection('posts').delete(post.id)
  return post
}

export async function signIn(): Promise<UsersResponse> {
  const { record, token } = await pb.collection('users').authWithPassword('ann@example.com', 'x')
  const email: string | undefined = record.email
  await pb.collection('users').create({ email: 'b@example.com', password: 'long enough', passwordConfirm: 'long enough' })
  // @ts-expect-error -- there is no password in a response
  record.password
  return (email === undefined || token === '') ? pb.collection('users').getOne('x') : record
}

export function use(record: PostsRecord): string {
  return record.title + (record.note ?? '') + plain.baseURL
}
`

describe('the generated types', () => {
  it('compile with a program that uses the official client', async ({ expect }) => {
    const types = typesFile(catalogOf([...blogCollections, everyField, everySignIn]))

    const output = await compile({ 'arete-types.ts': types, 'program.ts': program })

    expect(output).toBe('')
  })

  it.for([
    { name: 'an empty deployment', collections: [] },
    { name: 'odd names', collections: oddNames },
    { name: 'a hundred collections', collections: hundredCollections },
    {
      name: 'names that are alike in types',
      collections: ['my_posts', 'MyPosts', '_1', '_', 'record', 'c1'].map((name) => ({
        name,
        fields: [],
      })),
    },
  ])('compile for $name', async ({ collections }, { expect }) => {
    const types = typesFile(catalogOf(collections))

    const output = await compile({ 'arete-types.ts': types, 'program.ts': 'export {}' })

    expect(output).toBe('')
  })
})
