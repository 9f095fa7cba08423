import PocketBase, { ClientResponseError } from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { host } from '#test-host'
import { insertSuperuser, password } from '../support/accounts.ts'
import { pictures, shapeOf } from '../support/pictures.ts'
import { createTestApp } from '../support/test-app.ts'

const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }
const { images } = host

let admin: PocketBase
let guest: PocketBase

function createClient(): PocketBase {
  return new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
}

beforeEach(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(createTestApp({}, { images }).fetch)
  admin = createClient()
  guest = createClient()
  await insertSuperuser()
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.settings.update({ batch: { enabled: true } })
  await admin.collections.create({
    name: 'albums',
    type: 'base',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'year', type: 'number' },
      { name: 'cover', type: 'file', maxSelect: 1, thumbs: ['30x20'] },
      { name: 'pages', type: 'file', maxSelect: 5 },
      { name: 'contract', type: 'file', maxSelect: 1, protected: true },
    ],
    ...open,
    viewRule: "@request.auth.id != ''",
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const text = (name: string): File => new File([`content of ${name}`], name)

async function read(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

describe('the official client, on files', () => {
  it('creates a record with files among typed values', async ({ expect }) => {
    const album = await guest.collection('albums').create({
      title: '007',
      year: 1962,
      cover: new File([pictures.png], 'Front Cover.png'),
      pages: [text('one.txt'), new Blob(['a blob'])],
    })

    expect(album).toMatchObject({ title: '007', year: 1962 })
    expect(album['cover']).toMatch(/^front_cover_[a-z0-9]{10}\.png$/)
    expect(album['pages']).toHaveLength(2)
    expect(await read(guest.files.getURL(album, album['pages'][0]))).toBe('content of one.txt')
    expect(await read(guest.files.getURL(album, album['pages'][1]))).toBe('a blob')
  })

  it('sends a given FormData', async ({ expect }) => {
    const form = new FormData()
    form.append('title', 'By a form')
    form.append('pages', text('one.txt'))
    form.append('pages', text('two.txt'))

    const album = await guest.collection('albums').create(form)

    expect(album['title']).toBe('By a form')
    expect(album['pages']).toHaveLength(2)
  })

  it('appends, prepends and removes files by its modifiers', async ({ expect }) => {
    const albums = admin.collection('albums')
    const { id } = await albums.create({ pages: [text('bbb.txt')] })

    await albums.update(id, { 'pages+': [text('ccc.txt')] })
    const three = await albums.update(id, { '+pages': text('aaa.txt') })
    const two = await albums.update(id, { 'pages-': [three['pages'][1]] })
    const none = await albums.update(id, { pages: [] })

    const bases = (names: string[]): string[] => names.map((name) => name.slice(0, 3))
    expect(bases(three['pages'])).toEqual(['aaa', 'bbb', 'ccc'])
    expect(bases(two['pages'])).toEqual(['aaa', 'ccc'])
    expect(none['pages']).toEqual([])
    expect((await fetch(admin.files.getURL(none, three['pages'][1]))).status).toBe(404)
  })

  it('builds URLs of thumbnails and downloads', async ({ expect }) => {
    const album = await guest
      .collection('albums')
      .create({ cover: new File([pictures.png], 'cover.png') })

    const thumb = await fetch(guest.files.getURL(album, album['cover'], { thumb: '30x20' }))
    const saved = await fetch(guest.files.getURL(album, album['cover'], { download: true }))
    const shown = await fetch(guest.files.getURL(album, album['cover'], { download: false }))

    expect(shapeOf(new Uint8Array(await thumb.arrayBuffer()))).toEqual({
      ...{ format: 'png', width: 30, height: 20 },
    })
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(shown.headers.get('content-disposition')).toMatch(/^inline/)
    await Promise.all([saved.body?.cancel(), shown.body?.cancel()])
  })

  it('opens protected files with a token', async ({ expect }) => {
    const album = await admin.collection('albums').create({ contract: text('contract.txt') })
    const closed = admin.files.getURL(album, album['contract'])

    const token = await admin.files.getToken()

    expect((await fetch(closed)).status).toBe(404)
    const url = admin.files.getURL(album, album['contract'], { token })
    expect(await read(url)).toBe('content of contract.txt')
    await expect(guest.files.getToken()).rejects.toMatchObject({ status: 401 })
  })

  it('sends files in a batch', async ({ expect }) => {
    const batch = guest.createBatch()
    batch.collection('albums').create({ title: 'one', cover: text('cover.txt') })
    batch.collection('albums').create({ title: 'two', pages: [text('a.txt'), text('b.txt')] })

    const [one, two] = await batch.send()

    expect(await read(guest.files.getURL(one?.body, one?.body['cover']))).toBe(
      'content of cover.txt',
    )
    expect(two?.body['pages']).toHaveLength(2)
  })

  it('names the field of a rejected file', async ({ expect }) => {
    const large = new File([new Uint8Array(5 * 2 ** 20 + 1)], 'large.bin')

    const refusal = await guest
      .collection('albums')
      .create({ cover: large })
      .catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(ClientResponseError)
    expect((refusal as ClientResponseError).response['data']).toMatchObject({
      cover: { code: 'validation_file_size_limit' },
    })
  })
})
