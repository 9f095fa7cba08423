/*
 * Finds the object of a file's URL and checks access, in one batch. A record names its files. The
 * files of a view belong to the record that the view's column is read from.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import { accountClaims, holdsAccountToken } from '#auth/account-mail/account-tokens.ts'
import { isAuthCollection } from '#auth/guards.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'
import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, list, map, one, type Plan, type Query } from '#database/query.ts'
import { sourceOfViewColumn } from '#collections/views/view-query.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { toTextList } from '#go-compat/casts.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'
import { requestInfoAs } from '#records/request-info.ts'
import type { DownloadVerdict, FileHolder } from './download-hooks.ts'
import { fileKey } from './object-key.ts'

/** A request for a file. */
export interface FileRequest {
  readonly collection: Collection
  readonly recordId: string
  readonly name: string
  /** A `token` in its query grants access to protected files. */
  readonly info: RequestInfo
  readonly clientIp: string
}

/** A file that exists according to the database. */
export interface FoundFile {
  /** The key of its object. */
  readonly key: string
  /** The field of the collection that was asked for. */
  readonly field: string
  /** The account of the token that reading it required. */
  readonly holder: FileHolder | undefined
  /** The thumbnail sizes that the field allows besides the default one. */
  readonly thumbs: readonly string[]
  /** True if reading it requires a token or a public rule. */
  readonly isProtected: boolean
  /** Asks the hooks of an application. */
  readonly judge?: () => Promise<DownloadVerdict>
}

/** The maximum depth of views that select from views. */
const maxViews = 5

/**
 * Plans finding a file. A file without access counts as missing.
 *
 * Database: 1 batch; for a file of a view, the records of its source are scanned.
 *
 * @throws {ApiError} `notFound`
 */
export function planFile(context: PlanContext, request: FileRequest): Plan<FoundFile> {
  const { collection, recordId, name } = request
  const fields = collection.fields.filter(({ isFile }) => isFile)
  if (fields.length === 0) throw new ApiError(commonErrors.notFound)

  const columns = fields.map(
    (field, at) => sql`${sql.identifier(field.name)} AS ${sql.identifier(`f${at}`)}`,
  )
  const record = sql`SELECT ${sql.join(columns, sql`, `)} FROM ${sql.identifier(collection.name)} WHERE "id" = ${recordId}`
  const isView = collection.type === 'view'
  const found = all({
    row: one(record, ([row]) => row),
    sources: list(isView ? fields.map((field) => selectSource(context, request, field)) : []),
    mayView: fields.some(({ isProtected }) => isProtected)
      ? selectAccess(context, request)
      : constant(undefined),
  })
  return map(found, async ({ row, sources, mayView }) => {
    const at = fields.findIndex((_, index) => toTextList(row?.[`f${index}`]).includes(name))
    const field = fields[at]
    if (field === undefined) throw new ApiError(commonErrors.notFound)
    const access = field.isProtected ? await mayView?.() : openToAll
    if (access?.isAllowed !== true) throw new ApiError(commonErrors.notFound)
    const owner = isView ? sources[at] : { collectionId: collection.id, recordId }
    if (owner === undefined) throw new ApiError(commonErrors.notFound)
    return {
      key: fileKey(owner.collectionId, owner.recordId, name),
      field: field.name,
      holder: access.holder,
      thumbs: field.thumbs,
      isProtected: field.isProtected,
    }
  })
}

/** Access to a file. */
interface FileAccess {
  readonly isAllowed: boolean
  readonly holder?: FileHolder
}

const openToAll: FileAccess = { isAllowed: true }

/** The record that stores a file. */
interface FileOwner {
  readonly collectionId: string
  readonly recordId: string
}

/** Finds the first record that stores the file which a view shows in a field. */
function selectSource(
  context: PlanContext,
  request: FileRequest,
  viewField: Field,
): Query<FileOwner | undefined> {
  const source = sourceOf(context, request.collection, viewField)
  if (source === undefined) return constant(undefined)
  const { collection, field } = source
  const files = field.storedFiles(
    sql`${sql.identifier(collection.name)}.${sql.identifier(field.name)}`,
  )
  const statement = sql`SELECT "id" FROM ${sql.identifier(collection.name)}
    WHERE ${request.name} IN (SELECT value FROM (${files})) LIMIT 1`
  return one(statement, ([row]) => {
    const recordId = row?.['id']
    return typeof recordId === 'string' ? { collectionId: collection.id, recordId } : undefined
  })
}

/** The field that a column of a view passes on, through other views if need be. */
function sourceOf(
  context: PlanContext,
  view: Collection,
  viewField: Field,
): { readonly collection: Collection; readonly field: Field } | undefined {
  let collection = view
  let field: Field | undefined = viewField
  for (let depth = 0; depth < maxViews && field !== undefined; depth++) {
    const { definition } = collection
    if (definition.type !== 'view') break
    const source = sourceOfViewColumn(definition.options.viewQuery, field.name)
    const next = source && context.catalog.collections.find(source.table)
    if (source === undefined || next === undefined) return undefined
    field = next.fields.find((candidate) => candidate.name.toLowerCase() === source.name)
    collection = next
  }
  return field === undefined || collection.type === 'view' ? undefined : { collection, field }
}

/**
 * Checks the view rule twice: for a guest, and for the account in the token, whose result counts
 * once the token is verified. So loading the account needs no trip of its own.
 */
function selectAccess(
  context: PlanContext,
  request: FileRequest,
): Query<() => Promise<FileAccess>> {
  const { collection, recordId, clientIp } = request
  const info = { ...request.info, context: 'protectedFile' }
  const token = info.query['token'] ?? ''
  const claims = accountClaims(token)
  const claimed = token === '' ? undefined : context.catalog.collections.find(claims.collectionId)
  const account = claimed && isAuthCollection(claimed) ? claimed : undefined
  const isDenied =
    account && addressDenial(context.catalog.settings, account, clientIp) !== undefined

  const mayView = (viewer: RequestInfo): SQL =>
    ruleHolds(
      context.catalog.collections,
      viewer,
      collection.rules.view,
      storedRow(collection, recordId),
    )
  const asGuest = one(sql`SELECT ${mayView(info)} AS "allowed"`, ([row]) => row?.['allowed'] === 1)
  if (account === undefined || isDenied === true) {
    return map(asGuest, (isAllowed) => async () => ({ isAllowed }))
  }

  const holder = requestInfoAs(account, claims.id, info)
  const isOpen = isSuperusers(account) ? sql`TRUE` : mayView(holder)
  const asHolder = sql`SELECT "tokenKey", ${isOpen} AS "allowed" FROM ${sql.identifier(account.name)} AS "holder" WHERE "holder"."id" = ${claims.id}`
  const asked = all({ isOpen: asGuest, own: one(asHolder, ([row]) => row) })
  return map(asked, ({ isOpen: isOpenToGuests, own }) => async () => {
    if (isOpenToGuests) return openToAll
    if (own?.['allowed'] !== 1) return { isAllowed: false }
    const holding = { id: claims.id, tokenKey: String(own['tokenKey']) }
    const isAllowed = await holdsAccountToken(account, 'file', holding, token, context.now)
    return { isAllowed, holder: { id: claims.id, collection: account } }
  })
}
