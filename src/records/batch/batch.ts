/*
 * `/api/batch` joins the plans of many writes into one transaction. The guards of each request are
 * at its position among the statements, so it sees the effects of earlier requests. The first guard
 * that fails undoes all requests and names its own.
 */
import { sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, all, list, map, one, type Plan, type Query } from '#database/query.ts'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { parseProjection, project } from '#http/projection.ts'
import { errorEnvelope } from '#http/error-response.ts'
import { toText } from '#go-compat/casts.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { IdempotencyTarget } from '#database/idempotency.ts'
import {
  preconditionFailed,
  rowToMatch,
  selectSeen,
  type SeenRecord,
} from '#records/conditions/seen-record.ts'
import { planOnce, type WriteKey } from '#records/idempotency/write-once.ts'
import { findDuplicate } from './find-unique-conflict.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planDelete } from '#records/write/delete-record.ts'
import { recordErrors } from '#records/errors.ts'
import { ExpandAllowance } from '#records/expand-allowance.ts'
import {
  limitClaims,
  oldPasswordClaim,
  type OldPasswordClaim,
  proveOldPassword,
} from '#records/write/old-password.ts'
import { isChangedMeanwhile, readGuard, type WriteContext } from '#records/write/record-write.ts'
import type { FileStore } from '#records/write/file-store.ts'
import { type PlannedRequest, type PlannedWrite, writesOf } from './planned-request.ts'
import type { SubmittedBody } from '#records/write/resolve-body.ts'
import { planUpdate } from '#records/write/update-record.ts'
import { takenAlong } from '#records/write/deletion.ts'
import { guardGuesses, readWrongGuess, type UpsertGuess, WrongGuess } from './upsert-guesses.ts'
import { type FilePlan, writeWithFiles } from '#records/write/write-with-files.ts'
import { writeTarget } from '#records/write-target.ts'

/** Dependencies of running a batch. */
interface Ports {
  readonly transactor: Transactor
  readonly passwords: Passwords
  readonly fileStore: FileStore
  readonly rateLimiter: RateLimiter
  /** The key of a batch that may be repeated. */
  readonly key?: WriteKey | undefined
}

/** The context of a batch's requests. */
type BatchScope = WriteContext & Pick<Ports, 'rateLimiter'>

/** The state across attempts to run a batch. */
interface Attempts {
  /** True if the record of an upsert exists at its turn, by position. */
  readonly decided: Map<number, boolean>
  /** Requests already counted against the rate limits. */
  readonly counted: Set<string>
  /** The prefetched data, and its catalog. */
  looked: { readonly catalog: Catalog; readonly knowledge: Prefetched } | undefined
}

/** Maximum attempts to plan a batch. */
const maxAttempts = 50

/** One request of a batch, from its method and URL. */
export interface BatchItem {
  readonly action: 'create' | 'update' | 'delete' | 'upsert' | 'unknown'
  /** Id or name. */
  readonly collection: string
  /** The id in the URL; empty for create and upsert. */
  readonly id: string
  readonly info: RequestInfo
  readonly body: SubmittedBody
  /** Its header `If-Match`. */
  readonly ifMatch: string | undefined
  /** True if no record may have its id yet. */
  readonly mustBeNew: boolean
}

/** The response to one request of a committed batch. */
export interface BatchAnswer {
  readonly body: unknown
  readonly status: number
}

/** Data read before a batch is planned, by position. */
interface Prefetched {
  /** True if the record of an upsert exists. */
  readonly exists: ReadonlyMap<number, boolean>
  /** The stored hash to compare a submitted old password with. */
  readonly hashes: ReadonlyMap<number, string>
  /** The record of a request with `If-Match`, if its caller may view it. */
  readonly seen: ReadonlyMap<number, SeenRecord>
}

/**
 * Runs the requests of a batch in order, all or none.
 *
 * Database: 1 batch, 2 with files; 1 more before it if an upsert or an old password needs a lookup;
 * 1 more if a deletion in the batch cascaded to records of later upserts; and, only if a unique
 * index rejects a batch with several writes to one collection, a few more to find the request.
 *
 * @param readItems parses the requests, or rejects all of them
 * @throws {ApiError} `batchFailed`, with the error of the first failing request under its position
 */
export async function runRecordBatch(
  ports: Ports,
  readItems: (context: PlanContext) => Promise<readonly BatchItem[]>,
): Promise<BatchAnswer[]> {
  const attempts: Attempts = { decided: new Map(), counted: new Set(), looked: undefined }
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    try {
      return await attemptBatch(ports, readItems, attempts)
    } catch (error) {
      if (!(error instanceof WrongGuess)) throw error
      for (const [position, exists] of error.truth) attempts.decided.set(position, exists)
    }
  }
  throw new ApiError(recordErrors.batchFailed)
}

async function attemptBatch(
  ports: Ports,
  readItems: (context: PlanContext) => Promise<readonly BatchItem[]>,
  attempts: Attempts,
): Promise<BatchAnswer[]> {
  const { transactor, passwords, rateLimiter, fileStore, key } = ports
  const planner = async (context: PlanContext): Promise<FilePlan<BatchAnswer[]>> => {
    const items = await readItems(context)
    if (attempts.looked?.catalog !== context.catalog) {
      const knowledge = await look(ports, context, items)
      attempts.looked = { catalog: context.catalog, knowledge }
    }
    const { knowledge } = attempts.looked
    const writeScope = { ...context, passwords, rateLimiter, allowance: new ExpandAllowance() }
    const planned = await planAll(writeScope, items, knowledge, attempts)
    const plan = joinWrites(transactor, planned)
    return key?.keep(plan, context, targetsOf(planned), 200) ?? plan
  }
  return await writeWithFiles({ transactor, fileStore }, (context) =>
    planOnce(key, () => planner(context)),
  )
}

/** The records of the answer. */
function targetsOf(planned: readonly PlannedRequest[]): IdempotencyTarget[] {
  return writesOf(planned).map(({ collection, id }) => [collection.id, id])
}

async function look(
  { transactor, rateLimiter, key }: Ports,
  context: PlanContext,
  items: readonly BatchItem[],
): Promise<Prefetched> {
  const claims = items.flatMap((item) => claimOf(context, item) ?? [])
  if (claims.length > 0) {
    return await transactor.write(async (asked) => {
      const plan = await limitClaims(rateLimiter, asked, claims, planPrefetch(asked, items))
      return key?.before(plan) ?? plan
    })
  }
  if (items.every(({ action, ifMatch }) => action !== 'upsert' && ifMatch === undefined)) {
    return { exists: new Map(), hashes: new Map(), seen: new Map() }
  }
  return await transactor.read((asked) => {
    const plan = planPrefetch(asked, items)
    return key?.before(plan) ?? plan
  })
}

/** The old password in a request. */
function claimOf(context: PlanContext, item: BatchItem): OldPasswordClaim | undefined {
  const collection = context.catalog.collections.find(item.collection)
  const mayClaim = item.action === 'update' || item.action === 'upsert'
  if (collection === undefined || !mayClaim) return undefined
  return oldPasswordClaim(context, collection, idOf(item), item.body)
}

function planPrefetch(context: PlanContext, items: readonly BatchItem[]): Plan<Prefetched> {
  const questions = items.flatMap((item, position) => {
    const collection = context.catalog.collections.find(item.collection)
    const id = idOf(item)
    if (collection === undefined || id === '') return []
    const hash = collection.auth === undefined ? sql`NULL` : sql`"password"`
    const statement = sql`SELECT ${hash} AS "hash" FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`
    const isAsked = item.action === 'upsert' || item.action === 'update'
    return isAsked ? [one(statement, ([row]) => ({ position, row }))] : []
  })
  const conditions = items.flatMap((item, position) => {
    const collection = context.catalog.collections.find(item.collection)
    const isBound = item.ifMatch !== undefined && item.action !== 'create'
    if (!isBound || collection === undefined || collection.type === 'view') return []
    const seen = selectSeen(context, collection, idOf(item), item.info)
    return [map(seen, (record) => ({ position, record }))]
  })
  return map(all({ found: list(questions), seen: list(conditions) }), ({ found, seen }) => ({
    seen: new Map(
      seen.flatMap(({ position, record }): [number, SeenRecord][] =>
        record === undefined ? [] : [[position, record]],
      ),
    ),
    exists: new Map(found.map(({ position, row }) => [position, row !== undefined])),
    hashes: new Map(
      found.flatMap(({ position, row }): [number, string][] =>
        typeof row?.['hash'] === 'string' ? [[position, row['hash']]] : [],
      ),
    ),
  }))
}

/** The id of a request's record; empty if it has none yet. */
function idOf({ action, id, body }: BatchItem): string {
  return action === 'upsert' || action === 'create' ? toText(body.data['id']) : id
}

/** The effects of the requests planned so far, by collection and id. */
interface Effects {
  /** True if the record exists. */
  readonly exists: Map<string, boolean>
  /** Its password hash; undefined if the record is deleted. */
  readonly hashes: Map<string, string | undefined>
  /** The collections whose records may have been deleted by cascade. */
  readonly cascaded: Set<Collection>
  readonly guesses: UpsertGuess[]
}

/** Plans the requests in order, up to the first that fails without the database. */
async function planAll(
  context: BatchScope,
  items: readonly BatchItem[],
  knowledge: Prefetched,
  attempts: Attempts,
): Promise<PlannedRequest[]> {
  const effects: Effects = {
    exists: new Map(),
    hashes: new Map(),
    cascaded: new Set(),
    guesses: [],
  }
  const planned: PlannedRequest[] = []
  for (const [position, item] of items.entries()) {
    try {
      planned.push(await planItem(context, item, position, knowledge, attempts, effects))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      planned.push({ refusal: error })
      break
    }
  }
  return guardGuesses(planned, effects.guesses)
}

async function planItem(
  context: BatchScope,
  item: BatchItem,
  position: number,
  knowledge: Prefetched,
  { decided, counted }: Attempts,
  effects: Effects,
): Promise<PlannedRequest> {
  if (item.action === 'unknown') throw new ApiError(commonErrors.badRequest)
  const collection = context.catalog.collections.find(item.collection)
  if (collection === undefined) throw new ApiError(recordErrors.collectionMissing)

  const id = idOf(item)
  const key = `${collection.id}/${id}`
  const known = effects.exists.get(key) ?? knowledge.exists.get(position) ?? false
  const exists = id !== '' && (decided.get(position) ?? known)
  if (item.action === 'upsert' && id !== '' && effects.cascaded.has(collection)) {
    effects.guesses.push({ position, collection, id, exists })
  }
  const request = { collection, body: item.body, position }
  const { fields = '' } = item.info.query
  // A parameter that cannot be read is refused before anything is written.
  const projection = fields === '' ? undefined : parseProjection(fields)
  const asMethod = (method: string): RequestInfo => ({ ...item.info, method })

  const tag = item.action === 'upsert' ? (exists ? 'update' : 'create') : item.action
  if (!counted.has(`${position}:${tag}`)) {
    counted.add(`${position}:${tag}`)
    context.rateLimiter.count(context, writeTarget(collection, tag))
  }

  const { ifMatch, mustBeNew } = item
  if (item.action === 'upsert' && exists && mustBeNew) throw preconditionFailed('If-None-Match')
  if (item.action === 'upsert' && !exists && ifMatch !== undefined) {
    throw preconditionFailed('If-Match')
  }
  const seen =
    ifMatch === undefined ? undefined : await rowToMatch(ifMatch, knowledge.seen.get(position))

  if (item.action === 'delete') {
    effects.exists.set(key, false)
    effects.hashes.set(key, undefined)
    for (const taken of takenAlong(collection)) effects.cascaded.add(taken)
    const write = await planDelete(context, { ...request, info: item.info, id, seen })
    return { collection, id, projection, write }
  }
  const passwords = noting(context.passwords, (hash) => effects.hashes.set(key, hash))
  if (tag === 'update') {
    const info = asMethod('PATCH')
    const claim = oldPasswordClaim(context, collection, id, item.body)
    const hash = effects.hashes.has(key) ? effects.hashes.get(key) : knowledge.hashes.get(position)
    const oldPassword = claim && (await proveOldPassword(context, context, claim, hash))
    const update = { ...request, info, id, oldPassword, seen }
    const write = await planUpdate({ ...context, passwords }, update)
    return { collection, id, projection, write }
  }
  effects.exists.set(key, true)
  const create = { ...request, info: asMethod('POST'), mustBeNew }
  const write = await planCreate({ ...context, passwords }, create)
  return { collection, id: write.id, projection, write }
}

/** A hasher that reports each hash. */
function noting(passwords: Passwords, note: (hash: string) => void): Passwords {
  return {
    ...passwords,
    async hash(password) {
      const hash = await passwords.hash(password)
      note(hash)
      return hash
    },
  }
}

/** The abort message of a request that failed while it was planned. */
const refusedMessage = 'batch:refused'

function joinWrites(
  transactor: Transactor,
  planned: readonly PlannedRequest[],
): FilePlan<BatchAnswer[]> {
  const refused = planned.findIndex((item) => 'refusal' in item)
  const end = refused === -1 ? [] : [abortWith(sql`${refusedMessage}`)]
  const writes = writesOf(planned).map(({ write }) => write)
  const answers = list(writesOf(planned).map(readAnswer))
  return {
    ...map(after([], answers, end), (found) => Promise.all(found)),
    // A later request may depend on the effects of earlier ones.
    preconditions: [],
    files: refused === -1 ? writes.flatMap(({ files }) => files) : [],
    mayOrphanFiles: writes.some(({ mayOrphanFiles }) => mayOrphanFiles),
    isConflict: isChangedMeanwhile,
    errorFor: async (failure) => {
      const wrongGuess = readWrongGuess(failure)
      if (wrongGuess !== undefined) return wrongGuess
      if (failure.kind !== 'aborted') {
        const duplicate = await findDuplicate(transactor, planned, failure)
        return duplicate === undefined
          ? new ApiError(recordErrors.batchFailed)
          : batchError(duplicate.position, duplicate.refusal)
      }
      const item = planned[refused]
      if (failure.message === refusedMessage && item && 'refusal' in item) {
        return batchError(refused, item.refusal)
      }
      return readFailure(planned, failure)
    },
  }
}

function readAnswer({ write, projection }: PlannedWrite): Query<Promise<BatchAnswer>> {
  return map(write, async (body) => {
    const isProjected = projection !== undefined && body !== null
    return {
      body: isProjected ? await project(body, projection) : body,
      status: write.status,
    }
  })
}

function readFailure(planned: readonly PlannedRequest[], failure: BatchFailure): ApiError {
  const guard = readGuard(failure)
  const item = guard && planned[guard.position]
  if (guard === undefined || item === undefined || !('write' in item)) {
    return new ApiError(recordErrors.batchFailed)
  }
  return batchError(guard.position, item.write.errorAt(guard.stage, guard.codes))
}

function batchError(position: number, refusal = new ApiError(commonErrors.badRequest)): ApiError {
  const issue = {
    code: 'batch_request_failed',
    message: 'Batch request failed.',
    response: errorEnvelope(refusal),
  }
  return new ApiError(recordErrors.batchFailed, {
    issues: { requests: { [String(position)]: issue } },
  })
}
