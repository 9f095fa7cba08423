import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { typesFile } from '#openapi/typescript/types-file.ts'
import { compiledPrograms } from '../support/compiled-programs.ts'
import {
  blogCollections,
  catalogOf,
  everyField,
  hundredCollections,
} from '../support/described-collections.ts'

const compile = compiledPrograms(['pocketbase'])

const entry = join(projectFolder, 'src/client/create-client.ts')
const types = typesFile(catalogOf([...blogCollections, everyField]))

const start = `
import { createClient } from ${JSON.stringify(entry)}
import type { Schema } from './arete-types.ts'
const client = createClient<Schema>('http://127.0.0.1:8787')
const posts = client.collection('posts')
`

const program = `${start}
export async function read(): Promise<string[]> {
  const page = await posts.getList(1, 20, {
    where: { status: 'open', views: { gt: 3 }, 'author.name': { like: 'Ann' }, or: [{ title: 'x' }, { created: { lt: new Date() } }] },
    expand: ['author', 'comments_via_post.post.author'],
    sort: ['-created', '@random'],
    select: ['title', 'author'],
  })
  const [post] = page.items
  const title: string | undefined = post?.title
  const name: string | undefined = post?.expand?.author?.name
  const deep: string | undefined = post?.expand?.comments_via_post?.[0]?.expand?.post?.expand?.author?.name
  const all = await posts.getFullList({ where: { 'comments_via_post.text': { any: { like: 'a' } } } })
  const views: number | undefined = all[0]?.views
  for await (const each of posts.iterate({ where: { status: { in: ['open', 'closed'] } }, select: ['title'] })) {
    const known: string = each.title
    // @ts-expect-error -- not selected
    each.views
    known.trim()
  }
  const first = await posts.getFirst({ author: { isEmpty: true } }, { expand: ['author'] })
  // @ts-expect-error -- not expanded
  first.expand?.comments_via_post
  // @ts-expect-error -- not selected
  post?.views
  const one = await posts.getOne('x')
  const text: string = one.collectionName + one.id
  return [title ?? '', name ?? '', deep ?? '', String(views), text]
}

export async function write(): Promise<void> {
  const made = await posts.create({ title: 'x', status: 'open' }, { expand: ['author'] })
  await posts.update(made.id, { 'views+': 1 })
  await posts.update(made.id, new FormData())
  await posts.delete(made.id)
  await client.collection('users').authWithPassword('a@example.com', 'x')
  client.authStore.clear()
}
`

const mistakes: readonly (readonly [name: string, text: string])[] = [
  ['an unknown collection', "client.collection('nothing')"],
  ['an unknown field', "posts.getList(1, 20, { where: { titel: 'x' } })"],
  ['an unknown field of a relation', "posts.getList(1, 20, { where: { 'author.nam': 'x' } })"],
  ['an unknown relation', "posts.getList(1, 20, { where: { 'writer.name': 'x' } })"],
  [
    'an unknown field in an alternative',
    "posts.getList(1, 20, { where: { or: [{ titel: 'x' }] } })",
  ],
  ['an unknown operator', 'posts.getList(1, 20, { where: { views: { above: 3 } } })'],
  ['a value of another type', "posts.getList(1, 20, { where: { views: 'many' } })"],
  ['a value that is no choice', "posts.getList(1, 20, { where: { status: 'opened' } })"],
  [
    'an empty list',
    "client.collection('everything').getList(1, 20, { where: { labels: { isEmpty: true } } })",
  ],
  ['an unknown field of getFirst', "posts.getFirst({ titel: 'x' })"],
  ['an unknown path to expand', "posts.getList(1, 20, { expand: ['writer'] })"],
  ['an unknown deep path to expand', "posts.getList(1, 20, { expand: ['author.nothing'] })"],
  ['an unknown key to sort by', "posts.getList(1, 20, { sort: ['-titel'] })"],
  ['an unknown member to select', "posts.getList(1, 20, { select: ['titel'] })"],
  ['a body without what is required', "posts.create({ status: 'open' })"],
  ['a body with an unknown field', "posts.update('x', { titel: 'x' })"],
]

describe('the typed client', () => {
  it('compiles with the generated types, and a program that uses it', async ({ expect }) => {
    expect(await compile({ 'arete-types.ts': types, 'program.ts': program })).toBe('')
  })

  it('compiles with a hundred collections', async ({ expect }) => {
    const output = await compile({
      'arete-types.ts': typesFile(catalogOf(hundredCollections)),
      'program.ts': `import { createClient } from ${JSON.stringify(entry)}
import type { Schema } from './arete-types.ts'
export const client = createClient<Schema>('http://127.0.0.1:8787')`,
    })

    expect(output).toBe('')
  })

  it('does not compile with mistakes', async ({ expect }) => {
    const lines = mistakes.map(([name, text]) => `// @ts-expect-error -- ${name}\nvoid ${text}`)

    const output = await compile({
      'arete-types.ts': types,
      'program.ts': `${start}${lines.join('\n')}\nexport {}`,
    })

    expect(output).toBe('')
  })

  it('has at most 6 KiB beside the SDK, and no other dependency', async ({ expect }) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      external: ['pocketbase'],
      write: false,
      metafile: true,
    })

    const imports = Object.values(metafile.outputs).flatMap((each) => each.imports)
    expect(imports.map(({ path }) => path)).toEqual(
      ['pocketbase', 'pocketbase'].slice(0, imports.length),
    )
    expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThanOrEqual(6 * 1024)
  })
})
