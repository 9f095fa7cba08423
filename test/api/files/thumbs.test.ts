import { describe, it, vi } from 'vitest'
import type { ImageResizer } from '#platform/images.ts'
import { host } from '#test-host'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { pictures, shapeOf } from '../../support/pictures.ts'
import { formOf, waitingSweeps } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const sizes = ['30x20', '20x20t', '20x20b', '30x30f', '0x20', '20x0', '200x200f', '90x60']
const albums = '/api/collections/albums/records'

const { images } = host

interface Album {
  readonly app: TestApp
  /** A superuser's token. */
  readonly token: string
  readonly id: string
  readonly name: string
  thumb(size: string): Promise<Response>
  /** The keys of the existing thumbnails. */
  keys(): Promise<string[]>
}

async function createAlbum(
  picture: Uint8Array<ArrayBuffer>,
  fileName = 'picture.png',
  resizer: ImageResizer | undefined = images,
): Promise<Album> {
  const app = createTestApp({}, resizer === undefined ? {} : { images: resizer })
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, {
    name: 'albums',
    fields: [{ type: 'file', name: 'cover', thumbs: sizes }],
  })
  const { body } = await app.post(albums, formOf(['cover', new File([picture], fileName)]))
  const { id, cover: name } = body as { id: string; cover: string }
  return {
    ...{ app, token, id, name },
    thumb: (size) => app.fetch(`http://localhost/api/files/albums/${id}/${name}?thumb=${size}`),
    async keys() {
      const { objects } = await bindings.FILES.list({ prefix: `albums_id/${id}/thumbs_` })
      return objects.map(({ key }) => key)
    },
  }
}

async function shape(response: Response): Promise<unknown> {
  return shapeOf(new Uint8Array(await response.arrayBuffer()))
}

/** The images of the test, counted. */
function countedImages(): ImageResizer & { resized(): number } {
  let resized = 0
  return {
    measure: (image) => images.measure(image),
    resize: (...request) => {
      resized++
      return images.resize(...request)
    },
    resized: () => resized,
  }
}

describe('a thumbnail', () => {
  it.for([
    ['100x100', 100, 100],
    ['30x20', 30, 20],
    ['20x20t', 20, 20],
    ['20x20b', 20, 20],
    ['30x30f', 30, 20],
    ['0x20', 30, 20],
    ['20x0', 20, 13],
    ['90x60', 90, 60],
    // It is never enlarged to fit.
    ['200x200f', 60, 40],
  ] as const)('%s is %i by %i', async ([size, width, height], { expect }) => {
    const { thumb } = await createAlbum(pictures.png)

    expect(await shape(await thumb(size))).toEqual({ format: 'png', width, height })
  })

  it.for([
    ['jpeg', 'jpeg'],
    ['png', 'png'],
    ['webp', 'png'],
  ] as const)('of a picture in %s is written in %s', async ([kind, format], { expect }) => {
    const { thumb } = await createAlbum(pictures[kind], `picture.${kind}`)

    const response = await thumb('30x20')

    expect(response.headers.get('content-type')).toBe(`image/${format}`)
    expect(await shape(response)).toMatchObject({ format })
  })

  it('of a rotated image is upright', async ({ expect }) => {
    const { thumb } = await createAlbum(pictures.turnedJpeg, 'picture.jpg')

    expect(await shape(await thumb('30x30f'))).toMatchObject({ width: 20, height: 30 })
  })

  it('of an animation is a single frame', async ({ expect }) => {
    const { thumb } = await createAlbum(pictures.gif, 'picture.gif')

    expect(await shape(await thumb('30x20'))).toMatchObject({ width: 30, height: 20 })
  })

  it('is named after its size, and downloaded on request', async ({ expect }) => {
    const { app, id, name, thumb } = await createAlbum(pictures.png)

    const shown = await thumb('30x20')
    const saved = await app.get(`/api/files/albums/${id}/${name}?thumb=30x20&download=1`)

    expect(shown.headers.get('content-disposition')).toBe(`inline; filename=30x20_${name}`)
    expect(saved.headers.get('content-disposition')).toBe(`attachment; filename=30x20_${name}`)
    await shown.body?.cancel()
  })

  it('is made once and stored', async ({ expect }) => {
    const counted = countedImages()
    const { id, name, thumb, keys } = await createAlbum(pictures.png, 'picture.png', counted)

    const first = await (await thumb('30x20')).arrayBuffer()
    const second = await (await thumb('30x20')).arrayBuffer()

    expect(counted.resized()).toBe(1)
    expect(second).toEqual(first)
    expect(await keys()).toEqual([`albums_id/${id}/thumbs_${name}/30x20_${name}`])
  })

  it('is right for concurrent requests', async ({ expect }) => {
    const { thumb, keys } = await createAlbum(pictures.png)

    const shapes = await Promise.all(
      Array.from({ length: 8 }, async () => shape(await thumb('30x20'))),
    )

    expect(shapes).toEqual(
      Array.from({ length: 8 }, () => ({ format: 'png', width: 30, height: 20 })),
    )
    expect(await keys()).toHaveLength(1)
  })

  it('is deleted with its original, even if it was just made', async ({ expect }) => {
    const { app, id, thumb, keys } = await createAlbum(pictures.png)
    await (await thumb('30x20')).arrayBuffer()

    await app.patch(`${albums}/${id}`, { cover: '' })

    expect(await keys()).toEqual([])
  })

  // A thumbnail that is stored after its original was deleted is an orphan.
  it('is removed if its original was deleted meanwhile', async ({ expect }) => {
    let remove = async (): Promise<void> => undefined
    const slow: ImageResizer = {
      measure: (image) => images.measure(image),
      async resize(...request) {
        const thumb = await images.resize(...request)
        await remove()
        return thumb
      },
    }
    const { app, token, id, thumb, keys } = await createAlbum(pictures.png, 'picture.png', slow)
    remove = async () => void (await app.delete(`${albums}/${id}`))
    await (await thumb('30x20')).arrayBuffer()
    const notImported = await keys()

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
    await app.post('/api/crons/__areteFilesCleanup__', undefined, { token })
    vi.useRealTimers()

    expect(notImported).toHaveLength(1)
    expect(await keys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })
})

describe('the original is served in place of a thumbnail', () => {
  const original = { format: 'png', width: 60, height: 40 }

  it.for(['40x40', '30x20f', '100x100t', '0x0', '30', 'x', '-1x20'])(
    'of a size that is not allowed: %s',
    async (size, { expect }) => {
      const { thumb, keys } = await createAlbum(pictures.png)

      expect(await shape(await thumb(size))).toEqual(original)
      expect(await keys()).toEqual([])
    },
  )

  it('of a file that is not an image', async ({ expect }) => {
    const { thumb, keys } = await createAlbum(
      new Uint8Array(new TextEncoder().encode('no picture')),
    )

    expect(await (await thumb('30x20')).text()).toBe('no picture')
    expect(await keys()).toEqual([])
  })

  it('of a damaged image', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const broken = new Uint8Array(pictures.png.subarray(0, 60))
    const { thumb, keys } = await createAlbum(broken)

    expect(new Uint8Array(await (await thumb('30x20')).arrayBuffer())).toEqual(broken)
    expect(await keys()).toEqual([])
  })

  // A few bytes can claim to be an image of any size.
  it('of an image with too many pixels', async ({ expect }) => {
    const resize = vi.fn<ImageResizer['resize']>()
    const measure: ImageResizer['measure'] = async (image) => {
      await image.cancel()
      return { width: 50_000, height: 2000 }
    }
    const { thumb, keys } = await createAlbum(pictures.png, 'picture.png', { measure, resize })

    expect(await shape(await thumb('30x20'))).toEqual(original)
    expect(resize).not.toHaveBeenCalled()
    expect(await keys()).toEqual([])
  })

  it('if the host makes none', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const fields = [{ type: 'file', name: 'cover' }]
    await createCollections(app, token, { name: 'albums', fields })
    const form = formOf(['cover', new File([pictures.png], 'picture.png')])
    const { body } = await app.post(albums, form)
    const { id, cover } = body as { id: string; cover: string }

    const response = await app.fetch(
      `http://localhost/api/files/albums/${id}/${cover}?thumb=100x100`,
    )

    expect(await shape(response)).toEqual(original)
  })
})
