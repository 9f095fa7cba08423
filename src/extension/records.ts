/*
 * Records for the code of an application. They use the planners of HTTP, so rules, validation,
 * cascades, events and limits are the same; each call is one trip.
 */
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, type Plan } from '#database/query.ts'
import { readPaging } from '#http/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { recordErrors } from '#records/errors.ts'
import type { RecordPage } from '#records/read/list-records.ts'
import { planHookedList, planHookedView } from '#records/read/read-hooks.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planDelete } from '#records/write/delete-record.ts'
import {
  planWrite,
  type RecordWrite,
  type WriteContext,
  type WriteRequest,
} from '#records/write/record-write.ts'
import { planUpdate } from '#records/write/update-record.ts'
import { writeWithFiles } from '#records/write/write-with-files.ts'
import type { Actor, RecordAction } from './actor.ts'
import { type BoundFilter, filterText } from './filter-text.ts'
import { bodyFrom, type RecordData } from './record-data.ts'

/** A record: the values of its fields by name, with `id`, `collectionId` and `collectionName`. */
export type AreteRecord = RecordJson & { readonly id: string }

/** A page of records. Totals are -1 with `skipTotal`. */
export interface AretePage extends Omit<RecordPage, 'items'> {
  readonly items: readonly AreteRecord[]
}

/** Relations to expand, as in the parameter `expand`. */
export interface ExpandOptions {
  readonly expand?: string
}

/** Options of a list. */
export interface ListOptions extends ExpandOptions, Partial<BoundFilter> {
  readonly sort?: string
  readonly page?: number
  /** At most 1000; 30 if it is left out. */
  readonly perPage?: number
  readonly skipTotal?: boolean
}

/** Options of a write. */
export interface WriteOptions extends ExpandOptions {
  /** False to run no hooks of the application. */
  readonly hooks?: boolean
}

/** The records of a collection. Every call may throw a `RecordError`. */
export interface Records {
  list(options?: ListOptions): Promise<AretePage>
  /** All records that a list finds, page by page. */
  iterate(options?: Omit<ListOptions, 'page' | 'skipTotal'>): AsyncGenerator<AreteRecord>
  /** The first record that a filter finds; undefined if there is none. */
  first(
    filter: string | BoundFilter,
    options?: Pick<ListOptions, 'sort' | 'expand'>,
  ): Promise<AreteRecord | undefined>
  /** One record. Throws `not_found` for one that is missing or out of sight. */
  get(id: string, options?: ExpandOptions): Promise<AreteRecord>
  count(filter?: string | BoundFilter): Promise<number>
  create(data: RecordData, options?: WriteOptions): Promise<AreteRecord>
  update(id: string, data: RecordData, options?: WriteOptions): Promise<AreteRecord>
  delete(id: string, options?: Pick<WriteOptions, 'hooks'>): Promise<void>
}

const iteratedPage = 500

/** The records of a collection, for someone. */
export function recordsOf(actor: Actor, name: string): Records {
  async function list(options: ListOptions = {}): Promise<AretePage> {
    const { filter = '', params, sort = '', expand = '', page, perPage, skipTotal } = options
    const text = filterText({ filter, params })
    const paging = readPaging({
      page: String(page ?? ''),
      perPage: String(perPage ?? ''),
      skipTotal: String(skipTotal ?? ''),
    })
    const info = actor.info({ method: 'GET', expand })
    const found = await actor.transactor.read(async (given) => {
      const { context, collection } = begin(actor, given, name, 'list', text !== '')
      const parameters = { ...paging, filter: text, sort }
      const plan = await planHookedList(context, collection, info, parameters)
      const mayProbe = text !== '' && collection.rules.list.kind === 'filter'
      return actor.guard(given, mayProbe ? slowed(actor, given, collection, plan) : plan)
    })
    return found as AretePage
  }

  async function first(
    filter: string | BoundFilter,
    options: Pick<ListOptions, 'sort' | 'expand'> = {},
  ): Promise<AreteRecord | undefined> {
    const { items } = await list({
      ...boundFilter(filter),
      ...options,
      perPage: 1,
      skipTotal: true,
    })
    return items[0]
  }

  return {
    list,
    first,
    async *iterate(options = {}) {
      for (let page = 1; ; page++) {
        const perPage = options.perPage ?? iteratedPage
        const { items } = await list({ ...options, page, perPage, skipTotal: true })
        yield* items
        if (items.length < perPage) return
      }
    },
    async get(id, { expand = '' } = {}) {
      const info = actor.info({ method: 'GET', expand })
      const record = await actor.transactor.read(async (given) => {
        const { context, collection } = begin(actor, given, name, 'view')
        return actor.guard(given, await planHookedView(context, collection, info, id))
      })
      return record as AreteRecord
    },
    async count(filter = '') {
      const { totalItems } = await list({ ...boundFilter(filter), perPage: 1 })
      return totalItems
    },
    create: (data, options) => write(actor, { action: 'create', name, data, ...options }),
    update: (id, data, options) => write(actor, { action: 'update', name, id, data, ...options }),
    async delete(id, options) {
      await write(actor, { action: 'delete', name, id, ...options })
    },
  }
}

/** A write of one record. */
export type RecordOperation = WriteOptions & { readonly name: string } & (
    | { readonly action: 'create'; readonly data: RecordData }
    | { readonly action: 'update'; readonly id: string; readonly data: RecordData }
    | { readonly action: 'delete'; readonly id: string }
  )

/** Runs a write by itself. */
async function write(actor: Actor, operation: RecordOperation): Promise<AreteRecord> {
  const planned = await prepareWrite(actor, operation)
  const { transactor, fileStore } = actor
  const written = await writeWithFiles({ transactor, fileStore }, async (given) => {
    const { collection, write: plan } = await planned(given, { position: 0 })
    return actor.guard(given, planWrite(collection, plan))
  })
  return written as AreteRecord
}

/** Plans a write at a position. The same values are used whenever it is planned again. */
export type PlanOperation = (
  given: PlanContext,
  at: Pick<WriteRequest, 'position' | 'mark'>,
) => Promise<{ readonly collection: Collection; readonly write: RecordWrite }>

/** Reads the values of a write, and returns how to plan it. */
export async function prepareWrite(
  actor: Actor,
  operation: RecordOperation,
): Promise<PlanOperation> {
  const { action, name, expand = '', hooks = true } = operation
  const info = actor.info({ method: methods[action], expand })
  const values = action === 'delete' ? {} : operation.data
  const body = await bodyFrom(values, actor.fileStore.spool)
  return async (given, { position, mark }) => {
    const { context, collection } = begin(actor, given, name, action)
    const { passwords } = actor
    const scope: WriteContext = { ...context, passwords, ...(!hooks && { hooks: undefined }) }
    const request = { collection, info, body, position, mark }
    if (action === 'create') return { collection, write: await planCreate(scope, request) }
    const { id } = operation
    if (action === 'delete')
      return { collection, write: await planDelete(scope, { ...request, id }) }
    const oldPassword = await actor.prove(context, collection, id, body)
    return { collection, write: await planUpdate(scope, { ...request, id, oldPassword }) }
  }
}

const methods = { create: 'POST', update: 'PATCH', delete: 'DELETE' } as const

function begin(
  actor: Actor,
  given: PlanContext,
  name: string,
  action: RecordAction,
  hasFilter = false,
): { readonly context: PlanContext; readonly collection: Collection } {
  const context = actor.enter(given)
  const collection = context.catalog.collections.find(name)
  if (collection === undefined) throw new ApiError(recordErrors.collectionMissing)
  actor.admit(context, collection, action, hasFilter)
  return { context, collection }
}

/** A list that answers later if it keeps finding nothing. */
function slowed(
  actor: Actor,
  context: PlanContext,
  collection: Collection,
  plan: Plan<RecordPage>,
): Plan<RecordPage> {
  return {
    ...plan,
    ...map(plan, async (reading) => {
      const found = await reading
      if (found.items.length === 0) await actor.foundNothing(context, collection)
      return found
    }),
  }
}

function boundFilter(filter: string | BoundFilter): BoundFilter {
  return typeof filter === 'string' ? { filter } : filter
}
