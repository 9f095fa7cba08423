import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { ApiError } from '#kernel/errors.ts'
import type { Plan } from '#database/query.ts'
import type { ImageResizer } from '#platform/images.ts'
import { requestInfo } from '#records/request-info.ts'
import { recordErrors } from '#records/errors.ts'
import { contentDisposition, downloadHeaders, neverKept } from './download-headers.ts'
import { planFileToken } from './file-token.ts'
import { type FoundFile, planFile } from './find-file.ts'
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
      const found = await c.get('services').transactor.read((context) => {
        const collection = context.catalog.collections.find(c.req.param('collection'))
        if (collection === undefined) throw new ApiError(recordErrors.writtenCollectionMissing)
        c.get('services').rateLimiter.count(context, { collection, tags: ['file'] })
        const info = requestInfo(c)
        const recordId = c.req.param('record')
        const plan = planFile(context, {
          collection,
          recordId,
          name,
          info,
          clientIp: clientIp(c, context.catalog.settings),
        })
        const run = context.hooks?.beforeDownload(collection)
        if (run === undefined) return plan
        const { query } = info
        const asked = { context, collection, recordId, name, query }
        return {
          ...plan,
          read: async (rows) => {
            const file = await plan.read(rows)
            return {
              ...file,
              judge: () => run({ ...asked, field: file.field, holder: file.holder }),
            }
          },
        } satisfies Plan<FoundFile>
      })
      const { key, thumbs, isProtected, judge } = found
      const verdict = await judge?.()
      if (verdict?.redirect !== undefined) {
        return c.body(null, 302, { Location: verdict.redirect, ...neverKept })
      }
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
        ...(isProtected || verdict !== undefined ? neverKept : {}),
        'Content-Disposition': contentDisposition(object, served, c.req.query('download') ?? ''),
      }))
    })
}
