/*
 * Thumbnails are made on first request, stored beside the original, and removed with it. If none
 * can be made, the original is served.
 */
import { runBatch } from '#database/batch.ts'
import { expediteSweeps } from '#database/file-sweeps.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { ImageFormat, ImageResize, ImageResizer } from '#platform/images.ts'
import { thumbKey } from './object-key.ts'

/** The size that every image has a thumbnail of. */
const usualSize = '100x100'

/** Larger images are not read: a small file can contain an image of any size. */
const maxPixels = 50_000_000
/** The maximum width and height of a thumbnail. */
const maxSide = 10_000

/** Output formats by the type of the original. The first one the host can write is used. */
const formats: Readonly<Record<string, readonly ImageFormat[]>> = {
  'image/jpeg': ['image/jpeg'],
  'image/jpg': ['image/jpeg'],
  'image/png': ['image/png'],
  'image/gif': ['image/gif', 'image/png'],
  'image/webp': ['image/png'],
}

/**
 * A new thumbnail is checked again after this time, since its original may be deleted meanwhile.
 */
const recheckMilliseconds = 60_000

/** Parses a size: `100x50` and `100x50t`, `…b` fill the area, `…f` fits inside, a 0 is free. */
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

/** A request for a thumbnail. */
export interface ThumbRequest {
  readonly original: string
  /** The size in the query. */
  readonly size: string
  /** The sizes that the field allows. */
  readonly allowed: readonly string[]
}

/** Dependencies for making thumbnails. */
interface ThumbPorts {
  readonly db: Database
  readonly bucket: Bucket
  /** Without it there are no thumbnails. */
  readonly images: ImageResizer | undefined
}

/**
 * Finds the key of a thumbnail, which is made if necessary. Undefined if the original is to be
 * served.
 *
 * R2: 1 read; to make one, 2 more and 1 write. Database: 1 batch to make one.
 *
 * @throws {ApiError} `unavailable`
 */
export async function findThumb(
  { db, bucket, images }: ThumbPorts,
  { original, size, allowed }: ThumbRequest,
): Promise<string | undefined> {
  if (size !== usualSize && !allowed.includes(size)) return undefined
  const resize = readThumbSize(size)
  if (resize === undefined) return undefined

  const key = thumbKey(original, size)
  if ((await bucket.head(key)) !== null) return key
  if (images === undefined) return undefined
  try {
    const thumb = await makeThumb(bucket, images, original, resize)
    if (thumb === undefined) return undefined
    // Deleting a file removes only the thumbnails that exist at that time.
    const recheck = new Date(Date.now() + recheckMilliseconds)
    await runBatch(db, [expediteSweeps([{ id: newId(), prefix: key }], recheck)])
    await bucket.put(key, thumb.bytes, { httpMetadata: { contentType: thumb.format } })
    return key
  } catch (error) {
    // Caches would keep an original served as a thumbnail beyond the outage.
    if (error instanceof ApiError) throw error
    // oxlint-disable-next-line no-console -- the client gets the original
    console.error({ thumb: key, error: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}

interface Thumb {
  readonly bytes: ArrayBuffer
  readonly format: ImageFormat
}

/** Makes a thumbnail; undefined if the file is not an image, or one too large to read. */
async function makeThumb(
  bucket: Bucket,
  images: ImageResizer,
  original: string,
  resize: ImageResize,
): Promise<Thumb | undefined> {
  const measured = await bucket.get(original)
  const writable = formats[measured?.httpMetadata?.contentType ?? '']
  if (measured === null || writable === undefined) {
    await measured?.body.cancel()
    return undefined
  }
  const { width, height } = await images.measure(measured.body)
  if (width * height > maxPixels || width * height === 0) return undefined

  let failure: unknown
  for (const format of writable) {
    const source = await bucket.get(original)
    if (source === null) return undefined
    try {
      return { bytes: await images.resize(source.body, resize, format), format }
    } catch (error) {
      if (error instanceof ApiError) throw error
      failure = error
    }
  }
  throw failure
}
