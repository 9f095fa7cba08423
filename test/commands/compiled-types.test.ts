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

/** A field of each type, with the options that change its types, and these types. */
const fieldTypes: readonly (readonly [
  field: Readonly<Record<string, unknown>> & { readonly name: string; readonly type: string },
  read: string,
  create: string,
])[] = [
  [{ name: 'text', type: 'text' }, 'string', 'string?'],
  [{ name: 'textNeeded', type: 'text', required: true }, 'string', 'string'],
  [
    { name: 'textMade', type: 'text', required: true, autogeneratePattern: '[a-z]{6}' },
    'string',
    'string?',
  ],
  [{ name: 'editor', type: 'editor' }, 'string', 'string?'],
  [{ name: 'editorNeeded', type: 'editor', required: true }, 'string', 'string'],
  [{ name: 'number', type: 'number' }, 'number', 'number?'],
  [{ name: 'numberNeeded', type: 'number', required: true, onlyInt: true }, 'number', 'number'],
  [{ name: 'bool', type: 'bool' }, 'boolean', 'boolean?'],
  [{ name: 'boolNeeded', type: 'bool', required: true }, 'boolean', 'true'],
  [{ name: 'email', type: 'email' }, 'string', 'string?'],
  [{ name: 'emailNeeded', type: 'email', required: true }, 'string', 'string'],
  [{ name: 'url', type: 'url' }, 'string', 'string?'],
  [{ name: 'urlNeeded', type: 'url', required: true }, 'string', 'string'],
  [{ name: 'date', type: 'date' }, 'string', 'Date | string?'],
  [{ name: 'dateNeeded', type: 'date', required: true }, 'string', 'Date | string'],
  [
    { name: 'select', type: 'select', values: ['a', 'b'], maxSelect: 1 },
    "'a' | 'b' | ''",
    "'a' | 'b' | ''?",
  ],
  [
    { name: 'selectNeeded', type: 'select', values: ['a'], maxSelect: 1, required: true },
    "'a'",
    "'a'",
  ],
  [
    { name: 'selectMany', type: 'select', values: ['a', 'b'], maxSelect: 2 },
    "('a' | 'b')[]",
    "('a' | 'b')[]?",
  ],
  [
    { name: 'selectManyNeeded', type: 'select', values: ['a', 'b'], maxSelect: 2, required: true },
    "('a' | 'b')[]",
    "('a' | 'b')[]",
  ],
  [{ name: 'json', type: 'json' }, 'unknown', 'unknown?'],
  [
    { name: 'geo', type: 'geoPoint' },
    '{ lon: number; lat: number }',
    '{ lon: number; lat: number }?',
  ],
  [{ name: 'password', type: 'password' }, 'string', 'string?'],
  [{ name: 'file', type: 'file', maxSelect: 1 }, 'string', 'Blob | string?'],
  [{ name: 'fileNeeded', type: 'file', maxSelect: 1, required: true }, 'string', 'Blob | string'],
  [
    { name: 'fileMany', type: 'file', maxSelect: 3, protected: true },
    'string[]',
    '(Blob | string)[]?',
  ],
  [
    { name: 'relation', type: 'relation', collectionId: '_pb_users_auth_', maxSelect: 1 },
    'string',
    'string?',
  ],
  [
    {
      name: 'relationNeeded',
      type: 'relation',
      collectionId: '_pb_users_auth_',
      maxSelect: 1,
      required: true,
    },
    'string',
    'string',
  ],
  [
    { name: 'relationMany', type: 'relation', collectionId: '_pb_users_auth_', maxSelect: 5 },
    'string[]',
    'string[]?',
  ],
  [{ name: 'autodate', type: 'autodate', onCreate: true }, 'string', 'never'],
  [{ name: 'hidden', type: 'text', hidden: true }, 'string | undefined', 'string?'],
]

/** The checks of a field: its type in a record, and in the bodies that create and update one. */
function checksOf([{ name }, read, create]: (typeof fieldTypes)[number]): string[] {
  const isLeft = create === 'never'
  const isOptional = create.endsWith('?')
  const sent = create.replace(/\?$/, '')
  return [
    `Equal<FieldsRecord['${name}'], ${read}>`,
    ...(isLeft
      ? [`Equal<'${name}' extends keyof (FieldsCreate & FieldsUpdate) ? true : false, false>`]
      : [
          `Equal<Pick<FieldsCreate, '${name}'>, { ${name}${isOptional ? '?' : ''}: ${sent} }>`,
          `Equal<Pick<FieldsUpdate, '${name}'>, { ${name}?: ${sent} }>`,
        ]),
  ]
}

describe('the generated types', () => {
  it('have the right type for each type of field and its options', async ({ expect }) => {
    const fields = fieldTypes.map(([field]) => field)
    const types = typesFile(catalogOf([{ name: 'fields', fields }]))
    const checks = fieldTypes
      .flatMap(checksOf)
      .map((check, index) => `const _${index}: ${check} = true`)
    const modifiers = `Equal<Exclude<keyof FieldsUpdate, keyof FieldsCreate>, ${[
      ...['number', 'numberNeeded'].flatMap((name) => [`'${name}+'`, `'${name}-'`]),
      ...['selectMany', 'selectManyNeeded', 'fileMany', 'relationMany'].flatMap((name) => [
        `'${name}+'`,
        `'+${name}'`,
        `'${name}-'`,
      ]),
    ].join(' | ')}>`
    const checked = `
import type { FieldsCreate, FieldsRecord, FieldsUpdate } from './arete-types.ts'
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
${checks.join('\n')}
const _modifiers: ${modifiers} = true
// @ts-expect-error -- the checks can fail
const _wrong: Equal<FieldsRecord['text'], number> = true
export {}
`

    const output = await compile({ 'arete-types.ts': types, 'program.ts': checked })

    expect(output).toBe('')
  })

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
