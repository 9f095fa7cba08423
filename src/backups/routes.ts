import { Hono, type Context } from 'hono'
import * as z from 'zod'
import { sql } from 'drizzle-orm'
import { accountClaims, holdsAccountToken } from '#auth/account-tokens.ts'
import { isAuthCollection } from '#auth/guards.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'
import { isSuperusers } from '#collections/system-collections.ts'
import type { Plan, Scope } from '#collections/transact.ts'
import { contentDisposition, downloadHeaders } from '#files/download-headers.ts'
import { serveObject } from '#files/serve-object.ts'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp } from '#http/client-ip.ts'
import { readForm } from '#http/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { readRecordBody } from '#http/record-body.ts'
import type { Upload } from '#http/upload.ts'
import { contentTypeOf } from '#kernel/content-type.ts'
import { ApiError, commonErrors, type FieldIssue, required } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import { kindOfArchive, openArchive } from './archive-source.ts'
import { defaultName, listBackups, objectKey } from './backup-objects.ts'
import { backupErrors } from './errors.ts'
import type { BackupOutcome, BackupTask } from './runner.ts'
import { ZipError } from './zip-format.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Writes and restores backups. */
    backupRunner: BackupRunnerPort | undefined
  }
}

/** Where the one runner of a deployment is. */
export interface BackupRunnerPort {
  current(): Promise<BackupTask | undefined>
  start(task: BackupTask, afterMilliseconds?: number): Promise<'started' | 'busy'>
  /** Resolves when what is being done has ended, or after a minute. */
  wait(): Promise<BackupOutcome>
}

type BackupContext = Context<AppEnv, string>

const createForm = z.object({ name: z.string().default('') })

/** A restore begins so long after its answer. */
const restoreDelayMilliseconds = 1000

/** The backups of the deployment, for superusers. */
export const backupRoutes = new Hono<AppEnv>()
  .get('/backups', async (c) => {
    await requireSuperuser(c)
    return c.json(await listBackups(c.env.FILES))
  })
  .post('/backups', async (c) => {
    const appName = await requireSuperuser(c)
    const runner = runnerOf(c)
    if ((await runner.current()) !== undefined) throw new ApiError(backupErrors.busy)
    const form = await readForm(c, createForm)
    const name = form.name === '' ? defaultName(appName, new Date(), 'superuser') : form.name
    const issue = form.name === '' ? undefined : await nameFault(c, form.name)
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
    const { spool } = c.var.fileStore
    const { files } = await readRecordBody(c, { limitBytes: Number.POSITIVE_INFINITY, spool })
    const [upload] = files.get('file') ?? []
    const issue = await uploadFault(c, upload)
    if (issue !== undefined || upload === undefined) {
      throw new ApiError(commonErrors.validationFailed, { issues: { file: issue ?? required } })
    }
    await c.var.fileStore.put([
      {
        key: objectKey(upload.name),
        originalName: upload.name,
        contentType: 'application/zip',
        upload,
        isNamed: true,
      },
    ])
    return c.body(null, 204)
  })
  .get('/backups/:key', async (c) => {
    const isAllowed = await c.var.transactor.read((scope) => {
      c.var.rateLimiter.count(scope)
      return planDownload(scope, c.req.query('token') ?? '', clientIp(c, scope.catalog.settings))
    })
    if (!isAllowed) throw new ApiError(backupErrors.downloadForbidden)
    const name = c.req.param('key')
    return await serveObject(c, c.env.FILES, objectKey(name), (object) => ({
      ...downloadHeaders(object, name),
      'Content-Disposition': contentDisposition(object, name, ''),
      // What holds every secret of a deployment is nobody's to keep.
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

/** An archive whose documents are damaged is refused before anything is begun. */
function refuseArchive(error: unknown): never {
  const isDamaged = error instanceof ZipError
  throw isDamaged ? new ApiError(backupErrors.restoreMissing, { cause: error }) : error
}

/** Gives the name of the application. Database: 1 batch. */
async function requireSuperuser(c: BackupContext): Promise<string> {
  return await c.var.transactor.read((scope) => {
    c.var.rateLimiter.count(scope)
    assertSuperuser(scope.caller)
    return { statements: [], answer: () => scope.catalog.settings.meta.appName }
  })
}

function runnerOf(c: BackupContext): BackupRunnerPort {
  const runner = c.var.backupRunner
  if (runner === undefined) throw new ApiError(commonErrors.unavailable)
  return runner
}

const namePattern = /^[a-z0-9_-]+\.zip$/
const maxNameLength = 150

async function nameFault(c: BackupContext, name: string): Promise<FieldIssue | undefined> {
  if (byteLength(name) > maxNameLength) {
    return {
      code: 'validation_length_out_of_range',
      message: `The length must be between 1 and ${maxNameLength}.`,
      params: { min: 1, max: maxNameLength },
    }
  }
  if (!namePattern.test(name)) {
    return { code: 'validation_match_invalid', message: 'Must be in a valid format.' }
  }
  return (await c.env.FILES.head(objectKey(name))) === null
    ? undefined
    : {
        code: 'validation_backup_name_exists',
        message: 'The backup file name is invalid or already exists.',
      }
}

async function uploadFault(
  c: BackupContext,
  upload: Upload | undefined,
): Promise<FieldIssue | undefined> {
  if (upload === undefined) return required
  if (contentTypeOf(upload.head) !== 'application/zip') {
    return {
      code: 'validation_invalid_mime_type',
      message: `${JSON.stringify(upload.name)} mime type must be one of: application/zip.`,
    }
  }
  return (await c.env.FILES.head(objectKey(upload.name))) === null
    ? undefined
    : {
        code: 'validation_backup_name_exists',
        message: 'Backup file with the specified name already exists.',
      }
}

/** Asks whether a token is a superuser's, for files, from an address that is allowed. */
function planDownload(scope: Scope, token: string, ip: string): Plan<boolean> {
  const claims = accountClaims(token)
  const collection = scope.catalog.collections.find(claims.collectionId)
  const isDenied =
    collection === undefined ||
    !isAuthCollection(collection) ||
    !isSuperusers(collection) ||
    addressDenial(scope.catalog.settings, collection, ip) !== undefined
  if (isDenied) return { statements: [], answer: () => false }
  return {
    statements: [
      sql`SELECT "tokenKey" FROM ${sql.identifier(collection.name)} WHERE "id" = ${claims.id}`,
    ],
    answer: async ([rows = []]) => {
      const [row] = rows
      if (row === undefined) return false
      const account = { id: claims.id, tokenKey: String(row['tokenKey']) }
      return await holdsAccountToken(collection, 'file', account, token, scope.now)
    },
  }
}
