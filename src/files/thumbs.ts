/*
 * Thumbnails: made when somebody first asks for one, kept beside the original, and removed with it.
 * Where none can be made the original takes its place.
 */
import { runBatch } from '#database/batch.ts'
import { expediteSweeps } from '#database/file-sweeps.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { ImageFormat, ImageResize, ImageResizer } from '#platform/images.ts'
import { thumbKey } from './object-key.ts'

/** The size that every picture has a thumbnail of. */
const usualSize = '100x100'

/** Larger pictures are not read: a small file can be a picture of any size. */
const maxPixels = 50_000_000
/** No thumbnail is larger, in pixels of a side. */
const maxSide = 10_000

/** What a thumbnail is written as, by the type of its original; the first that the host can write. */
const formats: Readonly<Record<string, readonly ImageFormat[]>> = {
  'image/jpeg': ['image/jpeg'],
  'image/jpg': ['image/jpeg'],
  'image/png': ['image/png'],
  'image/gif': ['image/gif', 'image/png'],
  'image/webp': ['image/png'],
}

/** A thumbnail that was made is looked at again after so long: its original may be gone by then. */
const recheckMilliseconds = 60_000

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

/** What making thumbnails uses. */
interface ThumbPorts {
  readonly db: Database
  readonly bucket: Bucket
  /** Without it there are none. */
  readonly images: ImageResizer | undefined
}

/**
 * The key of the thumbnail, which is made if it is not there yet; undefined where the original is to
 * be served.
 *
 * R2: 1 read; where one is made, 2 more and 1 write. Database: 1 batch where one is made.
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
    // A file that is removed meanwhile takes only those thumbnails along that are there by then.
    const recheck = new Date(Date.now() + recheckMilliseconds)
    await runBatch(db, [expediteSweeps([{ id: newId(), prefix: key }], recheck)])
    await bucket.put(key, thumb.bytes, { httpMetadata: { contentType: thumb.format } })
    return key
  } catch (error) {
    // The original in place of a thumbnail would stay in caches after the outage.
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

/** A thumbnail; undefined for what is no picture, or one that is too large to be read. */
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
