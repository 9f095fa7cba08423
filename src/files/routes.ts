import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { ApiError } from '#kernel/errors.ts'
import type { ImageResizer } from '#platform/images.ts'
import { requestInfo } from '#records/request-info.ts'
import { recordErrors } from '#records/errors.ts'
import { contentDisposition, downloadHeaders, neverKept } from './download-headers.ts'
import { planFileToken } from './file-token.ts'
import { planFile } from './find-file.ts'
import { serveObject } from './serve-object.ts'
import { findThumb } from './thumbs.ts'

/** The routes of files: downloads, and tokens for protected ones. */
export function createFileRoutes(images: ImageResizer | undefined) {
  return new Hono<AppEnv>()
    .post('/files/token', async (c) => {
      const token = await c.get('services').transactor.read((context) => {
        c.get('services').rateLimiter.count(context)
        return planFileToken(context)
      })
      return c.json({ token })
    })
    .get('/files/:collection/:record/:name', async (c) => {
      const name = c.req.param('name')
      const { key, thumbs, isProtected } = await c.get('services').transactor.read((context) => {
        const collection = context.catalog.collections.find(c.req.param('collection'))
        if (collection === undefined) throw new ApiError(recordErrors.writtenCollectionMissing)
        c.get('services').rateLimiter.count(context, { collection, tags: ['file'] })
        return planFile(context, {
          collection,
          recordId: c.req.param('record'),
          name,
          info: requestInfo(c),
          clientIp: clientIp(c, context.catalog.settings),
        })
      })
      const bucket = c.env.FILES
      const size = c.req.query('thumb') ?? ''
      const thumb =
        size === ''
          ? undefined
          : await findThumb(
              { db: c.get('services').db, bucket, images },
              { original: key, size, allowed: thumbs },
            )
      const served = thumb === undefined ? name : `${size}_${name}`
      return await serveObject(c, bucket, thumb ?? key, (object) => ({
        ...downloadHeaders(object, served),
        ...(isProtected ? neverKept : {}),
        'Content-Disposition': contentDisposition(object, served, c.req.query('download') ?? ''),
      }))
    })
}
