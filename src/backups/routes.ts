import { Hono, type Context } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { contentDisposition, downloadHeaders } from '#files/download-headers.ts'
import { serveObject } from '#files/serve-object.ts'
import type { AppEnv } from '#http/app-env.ts'
import { constant } from '#database/query.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { readForm } from '#http/body/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { readRecordBody } from '#http/body/record-body.ts'
import { ApiError, commonErrors, required } from '#kernel/errors.ts'
import type { BackupRunner } from '#platform/backups.ts'
import { kindOfArchive, openArchive } from './archive-source.ts'
import { nameFault, uploadFault } from './backup-failures.ts'
import { defaultName, listBackups, objectKey } from './backup-objects.ts'
import { backupErrors } from './errors.ts'
import { planDownload } from './download-access.ts'
import { ZipError } from './zip-format.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Writes and restores backups; undefined if the host does not support it. */
    readonly backupRunner: BackupRunner | undefined
  }
}

type BackupContext = Context<AppEnv, string>

const createForm = lazy(() => z.object({ name: z.string().default('') }))

/** The delay between the response and the start of a restore. */
const restoreDelayMilliseconds = 1000

/** The routes for backups, for superusers. */
export const backupRoutes = new Hono<AppEnv>()
  .get('/backups', async (c) => {
    await requireSuperuser(c)
    return c.json(await listBackups(c.env.FILES))
  })
  .post('/backups', async (c) => {
    const appName = await requireSuperuser(c)
    const runner = runnerOf(c)
    if ((await runner.current()) !== undefined) throw new ApiError(backupErrors.busy)
    const form = await readForm(c, createForm())
    const name = form.name === '' ? defaultName(appName, new Date(), 'superuser') : form.name
    const issue = form.name === '' ? undefined : await nameFault(c.env.FILES, form.name)
    if (issue !== undefined) {
      throw new ApiError(commonErrors.validationFailed, { issues: { name: issue } })
    }
    const started = await runner.start({ kind: 'create', key: objectKey(name) })
    if (started === 'busy') throw new ApiError(backupErrors.busy)
    if ((await runner.wait()) === 'failed') throw new ApiError(backupErrors.createFailed)
    return c.body(null, 204)
  })
  .post('/backups/upload', async (c) => {
    await requireSuperuser(c)
    const { spool } = c.get('services').fileStore
    const { files } = await readRecordBody(c, { limitBytes: Number.POSITIVE_INFINITY, spool })
    const [upload] = files.get('file') ?? []
    const issue = await uploadFault(
      c.env.FILES,
      upload,
      await c.get('services').backupRunner?.current(),
    )
    if (issue !== undefined || upload === undefined) {
      throw new ApiError(commonErrors.validationFailed, { issues: { file: issue ?? required } })
    }
    await c.get('services').fileStore.put([
      {
        key: objectKey(upload.name),
        originalName: upload.name,
        contentType: 'application/zip',
        upload,
      },
    ])
    return c.body(null, 204)
  })
  .get('/backups/:key', async (c) => {
    const isAllowed = await c.get('services').transactor.read((context) => {
      c.get('services').rateLimiter.count(context)
      return planDownload(
        context,
        c.req.query('token') ?? '',
        clientIp(c, context.catalog.settings),
      )
    })
    if (!isAllowed) throw new ApiError(backupErrors.downloadForbidden)
    const name = c.req.param('key')
    return await serveObject(c, c.env.FILES, objectKey(name), (object) => ({
      ...downloadHeaders(object, name),
      'Content-Disposition': contentDisposition(object, name, ''),
      // A backup holds all secrets of a deployment and must not be cached.
      'Cache-Control': 'no-store',
    }))
  })
  .delete('/backups/:key', async (c) => {
    await requireSuperuser(c)
    const key = objectKey(c.req.param('key'))
    if ((await runnerOf(c).current())?.key === key) throw new ApiError(backupErrors.inUse)
    if ((await c.env.FILES.head(key)) === null) throw new ApiError(backupErrors.deleteFailed)
    await c.env.FILES.delete(key)
    return c.body(null, 204)
  })
  .post('/backups/:key/restore', async (c) => {
    await requireSuperuser(c)
    const runner = runnerOf(c)
    if ((await runner.current()) !== undefined) throw new ApiError(backupErrors.busy)
    const key = objectKey(c.req.param('key'))
    const kind = await kindOfArchive(c.env.FILES, key)
    if (kind === 'pocketBase') throw new ApiError(backupErrors.restoreForeign)
    if (kind !== 'deployment') throw new ApiError(backupErrors.restoreMissing)
    await openArchive(c.env.FILES, key).catch(refuseArchive)
    const started = await runner.start({ kind: 'restore', key }, restoreDelayMilliseconds)
    if (started === 'busy') throw new ApiError(backupErrors.busy)
    return c.body(null, 204)
  })

/** Rejects an archive with damaged documents before anything starts. */
function refuseArchive(error: unknown): never {
  const isDamaged = error instanceof ZipError
  throw isDamaged ? new ApiError(backupErrors.restoreMissing, { cause: error }) : error
}

/** Returns the name of the application. Database: 1 batch. */
async function requireSuperuser(c: BackupContext): Promise<string> {
  return await c.get('services').transactor.read((context) => {
    c.get('services').rateLimiter.count(context)
    assertSuperuser(context.caller)
    return constant(context.catalog.settings.meta.appName)
  })
}

function runnerOf(c: BackupContext): BackupRunner {
  const runner = c.get('services').backupRunner
  if (runner === undefined) throw new ApiError(commonErrors.unavailable)
  return runner
}
