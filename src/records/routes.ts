import { type Context, Hono } from 'hono'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { answerPage, answerRecord } from '#http/etag.ts'
import { readPaging } from '#http/query.ts'
import { type RecordBody, readRecordBody } from '#http/body/record-body.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { guestSearches } from '#limits/guest-limits.ts'
import { type BatchItem, runRecordBatch } from '#records/batch/batch.ts'
import { readBatch } from '#records/batch/batch-body.ts'
import { replayBatch, replayedItems } from '#records/batch/replay-batch.ts'
import { rowToMatch, selectSeen, type StoredRow } from '#records/conditions/seen-record.ts'
import { planOnce, runOnce, type WriteKey, writeKeyOf } from '#records/idempotency/write-once.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planDelete } from '#records/write/delete-record.ts'
import { requestInfo } from './request-info.ts'
import { recordErrors } from './errors.ts'
import { planHookedList, planHookedView } from '#records/read/read-hooks.ts'
import {
  oldPasswordClaim,
  type OldPasswordClaim,
  type OldPasswordProof,
  planStoredHash,
  proveOldPassword,
} from '#records/write/old-password.ts'
import { planWrite, type RecordWrite } from '#records/write/record-write.ts'
import { planTruncate } from '#records/write/truncate-collection.ts'
import { planUpdate } from '#records/write/update-record.ts'
import { writeTarget } from './write-target.ts'
import { writeWithFiles } from '#records/write/write-with-files.ts'

/** Routes to list, view, create, update and delete records, and for batches. */
export const recordRoutes = new Hono<AppEnv>()
  .get('/collections/:collection/records', async (c) => {
    const { transactor, rateLimiter } = c.get('services')
    const page = await transactor.read(async (context) => {
      const collection = collectionOf(context, c)
      const info = requestInfo(c)
      const { filter = '', sort = '' } = info.query
      const guestLimit = filter === '' ? undefined : guestSearches
      rateLimiter.count(context, { collection, tags: ['list'], guestLimit })
      const paging = readPaging(info.query)
      const plan = await planHookedList(context, collection, info, { ...paging, filter, sort })
      const mayProbe =
        filter !== '' && collection.rules.list.kind === 'filter' && !context.caller?.isSuperuser
      if (!mayProbe) return plan
      return {
        ...plan,
        read: async (rows) => {
          const found = await plan.read(rows)
          if (found.items.length === 0) await rateLimiter.delayProbing(context, collection.id)
          return found
        },
      }
    })
    return await answerPage(c, page)
  })
  .get('/collections/:collection/records/:id', async (c) => {
    const record = await c.get('services').transactor.read((context) => {
      const collection = collectionOf(context, c)
      c.get('services').rateLimiter.count(context, { collection, tags: ['view'] })
      return planHookedView(context, collection, requestInfo(c), c.req.param('id'))
    })
    return await answerRecord(c, record)
  })
  .post('/collections/:collection/records', async (c) => {
    const { passwords } = c.get('services')
    return await answerWrite(c, async (context, key) => {
      const collection = writableOf(context, c, 'create')
      const body = await bodyOf(c, context, collection)
      await key?.begin(context, body)
      const mustBeNew = c.req.header('If-None-Match')?.trim() === '*'
      const request = { collection, info: requestInfo(c), body, position: 0, mustBeNew }
      const write = await planCreate({ ...context, passwords }, request)
      return { collection, id: write.id, write }
    })
  })
  .patch('/collections/:collection/records/:id', async (c) => {
    const { passwords } = c.get('services')
    const id = c.req.param('id')
    return await answerWrite(c, async (context, key) => {
      const collection = writableOf(context, c, 'update')
      const body = await bodyOf(c, context, collection)
      await key?.begin(context, body)
      const seen = await rowForWrite(c, collection, id, key)
      const claim = oldPasswordClaim(context, collection, id, body)
      const oldPassword = claim && (await prove(c, context, claim, key))
      const request = { collection, info: requestInfo(c), body, position: 0, id, oldPassword, seen }
      return { collection, id, write: await planUpdate({ ...context, passwords }, request) }
    })
  })
  .delete('/collections/:collection/records/:id', async (c) => {
    const { passwords } = c.get('services')
    const id = c.req.param('id')
    return await answerWrite(c, async (context, key) => {
      const collection = writableOf(context, c, 'delete')
      await key?.begin(context, emptyBody)
      const seen = await rowForWrite(c, collection, id, key)
      const request = { collection, info: requestInfo(c), position: 0, id, seen }
      return { collection, id, write: await planDelete({ ...context, passwords }, request) }
    })
  })
  .delete('/collections/:collection/truncate', async (c) => {
    const { passwords } = c.get('services')
    await writeWithFiles(c.get('services'), async (context) => {
      c.get('services').rateLimiter.count(context)
      assertSuperuser(context.caller)
      const collection = context.catalog.collections.find(c.req.param('collection'))
      if (collection === undefined) throw new ApiError(commonErrors.notFound)
      return planWrite(collection, await planTruncate({ ...context, passwords }, collection))
    })
    return c.body(null, 204)
  })
  .post('/batch', async (c) => {
    const { rateLimiter } = c.get('services')
    const key = writeKeyOf(c)
    let items: readonly BatchItem[] = []
    const readItems = async (context: PlanContext): Promise<readonly BatchItem[]> => {
      rateLimiter.count(context)
      const { catalog } = context
      const { enabled, maxRequests, maxBodySize } = catalog.settings.batch
      if (!enabled || maxRequests <= 0) throw new ApiError(recordErrors.batchDisabled)
      const limitBytes = maxBodySize || defaultBatchLimit
      const options = { limitBytes, spool: c.get('services').fileStore.spool }
      const body = await readRecordBody(c, options).catch(batchUnreadable)
      items = readBatch(body, requestInfo(c), catalog.settings)
      await key?.begin(context, body)
      return items
    }
    const outcome = await runOnce(c, key, {
      write: () => runRecordBatch({ ...portsOf(c), key }, readItems),
      records: () => replayedItems(items),
    })
    return c.json('replay' in outcome ? await replayBatch(items, outcome.replay) : outcome.answer)
  })

/** The ports of a batch. They are made when they are first asked for, and have no other members. */
function portsOf(c: RecordContext) {
  const { transactor, passwords, fileStore, rateLimiter } = c.get('services')
  return { transactor, passwords, fileStore, rateLimiter }
}

/** A planned write of one record. */
interface SingleWrite {
  readonly collection: Collection
  readonly id: string
  readonly write: RecordWrite
}

/** Runs the write of one record, or repeats its answer. */
async function answerWrite(
  c: RecordContext,
  planner: (context: PlanContext, key: WriteKey | undefined) => Promise<SingleWrite>,
): Promise<Response> {
  const key = writeKeyOf(c)
  const run = (): Promise<unknown> =>
    writeWithFiles(c.get('services'), (context) =>
      planOnce(key, async () => {
        const { collection, id, write } = await planner(context, key)
        const plan = planWrite(collection, write)
        return key?.keep(plan, context, [[collection.id, id]], write.status) ?? plan
      }),
    )
  const isShown = c.req.method !== 'DELETE'
  const collection = c.req.param('collection') ?? ''
  const outcome = await againIfChanged(() =>
    runOnce(c, key, {
      write: run,
      records: () => [{ collection, info: requestInfo(c), isShown }],
    }),
  )
  const record = 'replay' in outcome ? outcome.replay.records[0] : outcome.answer
  return isShown ? await answerRecord(c, record as object | undefined) : c.body(null, 204)
}

/**
 * The row that a write with `If-Match` must find; undefined without the header. Database: 1 batch
 * with the header.
 *
 * @throws {ApiError} `precondition_failed`
 */
async function rowForWrite(
  c: RecordContext,
  collection: Collection,
  id: string,
  key: WriteKey | undefined,
): Promise<StoredRow | undefined> {
  const header = c.req.header('If-Match')
  if (header === undefined || header.trim() === '*') return undefined
  const seen = await c.get('services').transactor.read((asked) => {
    const plan = selectSeen(asked, collection, id, requestInfo(c))
    return key?.before(plan) ?? plan
  })
  return await rowToMatch(header, seen)
}

/** Maximum attempts at a write with `If-Match`. */
const maxAttempts = 3

/**
 * Runs a write again if its record was changed after it was read. Then the record is compared again,
 * which fails with its tag, unless its caller cannot see the change.
 */
async function againIfChanged<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      const isLate =
        error instanceof ApiError &&
        error.code === recordErrors.preconditionFailed.code &&
        error.etag === undefined
      if (!isLate || attempt === maxAttempts) throw error
    }
  }
}

const emptyBody: RecordBody = { data: {}, files: new Map() }

/** Verifies an old password, counted as an attempt at the account. Database: 1 batch. */
async function prove(
  c: RecordContext,
  context: PlanContext,
  claim: OldPasswordClaim,
  key: WriteKey | undefined,
): Promise<OldPasswordProof> {
  const services = c.get('services')
  const hash = await services.transactor.write(async (asked) => {
    const plan = await planStoredHash(services.rateLimiter, asked, claim)
    return key?.before(plan) ?? plan
  })
  return await proveOldPassword(services, context, claim, hash)
}

/** The default limit of a batch's body. */
const defaultBatchLimit = 128 * 1024 * 1024

/** Reports an unreadable body as a batch error, except if it is too large or an outage. */
function batchUnreadable(error: unknown): never {
  const isOther = error instanceof ApiError && (error.status === 413 || error.status >= 500)
  throw isOther ? error : new ApiError(recordErrors.batchUnreadable, { cause: error })
}

type RecordContext = Context<AppEnv, string>

/** PocketBase has two errors for a missing collection. */
function collectionOf({ catalog }: PlanContext, c: RecordContext): Collection {
  const collection = catalog.collections.find(c.req.param('collection') ?? '')
  if (collection !== undefined) return collection
  const takesBody = c.req.method === 'POST' || c.req.method === 'PATCH'
  throw new ApiError(
    takesBody ? recordErrors.writtenCollectionMissing : recordErrors.collectionMissing,
  )
}

/** The collection of a write. Views are rejected first. */
function writableOf(
  context: PlanContext,
  c: RecordContext,
  tag: 'create' | 'update' | 'delete',
): Collection {
  const collection = collectionOf(context, c)
  if (collection.type === 'view') throw new ApiError(recordErrors.unsupportedCollection)
  c.get('services').rateLimiter.count(context, writeTarget(collection, tag))
  return collection
}

/**
 * Reads the body of a write. A form is not read for a caller without any write access, because it
 * may contain large files and any client can send one.
 */
async function bodyOf(
  c: RecordContext,
  { caller }: PlanContext,
  { fields, rules }: Collection,
): Promise<RecordBody> {
  const rule = rules[c.req.method === 'POST' ? 'create' : 'update']
  if (isForm(c) && rule.kind === 'locked' && caller?.isSuperuser !== true) {
    throw new ApiError(commonErrors.superusersOnly)
  }
  const extra = fields.reduce((sum, field) => sum + field.bodyBytes, 0)
  const { spool } = c.get('services').fileStore
  return await readRecordBody(c, { limitBytes: budget.bodyBytes + extra, spool })
}

function isForm(c: RecordContext): boolean {
  return c.req.header('Content-Type')?.startsWith('multipart/form-data') === true
}
