import { describe, it } from 'vitest'
import { ApiError } from '#kernel/errors.ts'
import type { ImageResizer } from '#platform/images.ts'
import { guardImages } from '#platform/outages.ts'
import { pictures, shapeOf } from '../support/pictures.ts'

/** Tests of all that the product expects of a resizer that writes some of the formats. */
export function describeImages(
  name: string,
  create: () => ImageResizer,
  formats: readonly ('jpeg' | 'png' | 'gif')[],
): void {
  describe(`the image resizer ${name}`, () => {
    const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => new Blob([bytes]).stream()

    it.for(['png', 'jpeg', 'gif', 'webp'] as const)('measures %s', async (format, { expect }) => {
      expect(await create().measure(streamOf(pictures[format]))).toMatchObject({
        width: 60,
        height: 40,
      })
    })

    it.for([
      { width: 30, height: 20, fit: 'cover', size: [30, 20] },
      { width: 20, height: 20, fit: 'cover', size: [20, 20] },
      { width: 30, height: 30, fit: 'inside', size: [30, 20] },
      { width: 600, height: 600, fit: 'inside', size: [60, 40] },
      { width: 30, height: undefined, fit: 'cover', size: [30, 20] },
      { width: undefined, height: 20, fit: 'cover', size: [30, 20] },
    ] as const)(
      'resizes to $width by $height, $fit',
      async ({ width, height, fit, size }, { expect }) => {
        const resize = { width, height, fit, position: 'center' } as const

        const image = await create().resize(streamOf(pictures.png), resize, 'image/png')

        const shape = shapeOf(new Uint8Array(image))
        expect(shape).toMatchObject({ format: 'png', width: size[0], height: size[1] })
      },
    )

    it.for(formats)('writes %s', async (format, { expect }) => {
      const resize = { width: 30, height: 20, fit: 'cover', position: 'top' } as const

      const image = await create().resize(streamOf(pictures.webp), resize, `image/${format}`)

      expect(shapeOf(new Uint8Array(image))).toMatchObject({ format, width: 30, height: 20 })
    })

    it('sets a rotated image upright', async ({ expect }) => {
      const resize = { width: 400, height: 600, fit: 'inside', position: 'center' } as const

      const image = await create().resize(streamOf(pictures.turnedJpeg), resize, 'image/jpeg')

      expect(shapeOf(new Uint8Array(image))).toMatchObject({ width: 40, height: 60 })
    })

    it('rejects what is no image, which is no outage', async ({ expect }) => {
      const resizer = guardImages(create())
      const text = new TextEncoder().encode('no image')
      const resize = { width: 30, height: 20, fit: 'cover', position: 'center' } as const

      for (const call of [
        () => resizer.measure(streamOf(text)),
        () => resizer.resize(streamOf(text), resize, 'image/png'),
      ]) {
        const error = await call().catch((failure: unknown) => failure)
        expect(error).toBeInstanceOf(Error)
        expect(error).not.toBeInstanceOf(ApiError)
      }
    })
  })
}
