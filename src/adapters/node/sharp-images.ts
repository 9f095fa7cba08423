import { createRequire } from 'node:module'
import { lazy } from '#kernel/lazy.ts'
import type { ImageFormat, ImageResizer } from '#platform/images.ts'

/** The part of `sharp` that is used. */
interface SharpImage {
  metadata(): Promise<{
    width?: number
    height?: number
    autoOrient?: { width: number; height: number }
  }>
  rotate(): SharpImage
  resize(options: object): SharpImage
  toFormat(format: string): SharpImage
  toBuffer(): Promise<Uint8Array<ArrayBuffer>>
}

type Sharp = (image: Uint8Array, options: object) => SharpImage

/** More pixels than a camera's, few enough for memory. */
const maxPixels = 64_000_000

const formats: Readonly<Record<ImageFormat, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/gif': 'gif',
}

/** The optional package. Bundlers must not see the import. */
const packageName = 'sharp'

/**
 * A resizer that uses `sharp`; undefined if it is not installed. The package is loaded on first use, since
 * that takes longer than the rest of a start.
 */
export function findSharpImages(): ImageResizer | undefined {
  try {
    createRequire(import.meta.url).resolve(packageName)
  } catch {
    return undefined
  }
  return createSharpImages(
    lazy(async () => ((await import(packageName)) as { readonly default: Sharp }).default),
  )
}

function createSharpImages(load: () => Promise<Sharp>): ImageResizer {
  async function open(image: ReadableStream<Uint8Array>): Promise<SharpImage> {
    const bytes = new Uint8Array(await new Response(image).arrayBuffer())
    const sharp = await load()
    return sharp(bytes, { limitInputPixels: maxPixels })
  }
  return {
    async measure(image) {
      const { width = 0, height = 0, autoOrient } = await (await open(image)).metadata()
      return autoOrient ?? { width, height }
    },
    async resize(image, { width, height, fit, position }, format) {
      const isFree = width === undefined || height === undefined
      const resized = (await open(image)).rotate().resize({
        width,
        height,
        fit: fit === 'inside' || isFree ? 'inside' : 'cover',
        position: position === 'center' ? 'centre' : position,
        withoutEnlargement: fit === 'inside',
      })
      const bytes = await resized.toFormat(formats[format]).toBuffer()
      return bytes.slice().buffer
    },
  }
}
