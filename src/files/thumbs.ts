/*
 * Thumbnails: made when somebody first asks for one, kept beside the original, and removed with it.
 * Where none can be made the original takes its place.
 */
import type { Bucket, StoredObject } from '#platform/bindings.ts'
import type { ImageFormat, ImageResize, ImageResizer } from '#platform/images.ts'
import { thumbKey } from './object-key.ts'

/** The size that every picture has a thumbnail of. */
const usualSize = '100x100'

/** Larger pictures are not read: a small file can be a picture of any size. */
const maxPixels = 50_000_000
/** No thumbnail is larger, in pixels of a side. */
const maxSide = 10_000

/** What a thumbnail is written as, by the type of its original. */
const formats: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'image/jpeg',
  'image/jpg': 'image/jpeg',
  'image/png': 'image/png',
  'image/gif': 'image/gif',
  'image/webp': 'image/png',
}

/** What a size means: `100x50` and `100x50t`, `…b` fill the area, `…f` stays inside, a 0 is free. */
function readThumbSize(size: string): ImageResize | undefined {
  const [, width, height, form = ''] = /^(\d+)x(\d+)([tbf]?)$/.exec(size) ?? []
  const [w, h] = [Number(width), Number(height)]
  if (Number.isNaN(w) || (w === 0 && h === 0) || Math.max(w, h) > maxSide) return undefined
  return {
    width: w === 0 ? undefined : w,
    height: h === 0 ? undefined : h,
    fit: form === 'f' ? 'inside' : 'cover',
    position: form === 't' ? 'top' : form === 'b' ? 'bottom' : 'center',
  }
}

/** A thumbnail that somebody asks for. */
export interface ThumbRequest {
  readonly original: string
  /** As the query says. */
  readonly size: string
  /** The sizes that the field allows. */
  readonly allowed: readonly string[]
}

/**
 * The key of the thumbnail, which is made if it is not there yet; undefined where the original is to
 * be served.
 *
 * R2: 1 read; where one is made, 3 more and 1 write.
 */
export async function findThumb(
  { bucket, images }: { readonly bucket: Bucket; readonly images: ImageResizer | undefined },
  { original, size, allowed }: ThumbRequest,
): Promise<string | undefined> {
  if (size !== usualSize && !allowed.includes(size)) return undefined
  const resize = readThumbSize(size)
  if (resize === undefined) return undefined

  const key = thumbKey(original, size)
  if ((await bucket.head(key)) !== null) return key
  if (images === undefined) return undefined
  try {
    return (await makeThumb({ bucket, images }, original, key, resize)) ? key : undefined
  } catch (error) {
    // oxlint-disable-next-line no-console -- the client gets the original
    console.error({ thumb: key, error: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

async function makeThumb(
  { bucket, images }: { readonly bucket: Bucket; readonly images: ImageResizer },
  original: string,
  key: string,
  resize: ImageResize,
): Promise<boolean> {
  const measured = await bucket.get(original)
  const format = measured === null ? undefined : formatOf(measured)
  if (measured === null || format === undefined) {
    await measured?.body.cancel()
    return false
  }
  const { width, height } = await images.measure(measured.body)
  if (width * height > maxPixels || width * height === 0) return false

  const source = await bucket.get(original)
  if (source === null) return false
  const thumb = await images.resize(source.body, resize, format)
  await bucket.put(key, thumb, { httpMetadata: { contentType: format } })
  // The original may have been removed with its thumbnails in the meantime.
  if ((await bucket.head(original)) !== null) return true
  await bucket.delete(key)
  return false
}

function formatOf({ httpMetadata }: StoredObject): ImageFormat | undefined {
  return formats[httpMetadata?.contentType ?? '']
}
