/*
 * Finds the object of a file's URL and checks access, in one batch. A record names its files. The
 * files of a view belong to the record that the view's column is read from.
 */
import { type SQL, sql } from 'drizzle-orm'
import { accountClaims, holdsAccountToken } from '#auth/account-mail/account-tokens.ts'
import { isAuthCollection } from '#auth/guards.ts'
import { addressDenial } from '#auth/superuser-addresses.ts'
import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Plan, PlanContext } from '#catalog/transact.ts'
import { sourceOfViewColumn } from '#collections/views/view-query.ts'
import type { Row } from '#database/batch.ts'
import type { Field } from '#fields/field-type.ts'
import { toTextList } from '#go-compat/casts.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'
import { requestInfoAs, type RequestFacts, type Viewer } from '#records/request-info.ts'
import { fileKey } from './object-key.ts'

/** A request for a file. */
export interface FileRequest {
  readonly collection: Collection
  readonly recordId: string
  readonly name: string
  /** A `token` in its query grants access to protected files. */
  readonly facts: RequestFacts
  readonly clientIp: string
}

/** A file that exists according to the database. */
export interface FoundFile {
  /** The key of its object. */
  readonly key: string
  /** The thumbnail sizes that the field allows besides the default one. */
  readonly thumbs: readonly string[]
  /** True if reading it requires a token or a public rule. */
  readonly isProtected: boolean
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
export function planFile(scope: PlanContext, request: FileRequest): Plan<FoundFile> {
  const { collection, recordId, name } = request
  const fields = collection.fields.filter(({ isFile }) => isFile)
  if (fields.length === 0) throw new ApiError(commonErrors.notFound)

  const columns = fields.map(
    (field, at) => sql`${sql.identifier(field.name)} AS ${sql.identifier(`f${at}`)}`,
  )
  const record = sql`SELECT ${sql.join(columns, sql`, `)} FROM ${sql.identifier(collection.name)} WHERE "id" = ${recordId}`
  const sources =
    collection.type === 'view' ? fields.map((field) => sourceOf(scope, collection, field)) : []
  const access = fields.some(isProtected) ? planAccess(scope, request) : undefined
  return {
    statements: [
      record,
      ...sources.map((source) => source?.select(name) ?? sql`SELECT NULL WHERE FALSE`),
      ...(access?.statements ?? []),
    ],
    answer: async ([records = [], ...rows]) => {
      const [row] = records
      const at = fields.findIndex((_, index) => toTextList(row?.[`f${index}`]).includes(name))
      const field = fields[at]
      if (field === undefined) throw new ApiError(commonErrors.notFound)
      if (isProtected(field) && !(await access?.allows(rows.slice(sources.length)))) {
        throw new ApiError(commonErrors.notFound)
      }
      const owner =
        collection.type === 'view'
          ? { id: sources[at]?.collection.id, record: rows[at]?.[0]?.['id'] }
          : { id: collection.id, record: recordId }
      if (owner.id === undefined || typeof owner.record !== 'string') {
        throw new ApiError(commonErrors.notFound)
      }
      return {
        key: fileKey(owner.id, owner.record, name),
        thumbs: thumbsOf(field),
        isProtected: isProtected(field),
      }
    },
  }
}

function isProtected({ definition }: Field): boolean {
  return definition['protected'] === true
}

function thumbsOf({ definition }: Field): readonly string[] {
  return Array.isArray(definition['thumbs']) ? definition['thumbs'].map(String) : []
}

interface Source {
  readonly collection: Collection
  /** A query for the `id` of the first record whose field has a file with this name. */
  select(name: string): SQL
}

/** The collection that a column of a view comes from, through other views if necessary. */
function sourceOf(scope: PlanContext, view: Collection, viewField: Field): Source | undefined {
  let collection = view
  let field: Field | undefined = viewField
  for (let depth = 0; depth < maxViews && field !== undefined; depth++) {
    const { definition } = collection
    if (definition.type !== 'view') break
    const source = sourceOfViewColumn(definition.options.viewQuery, field.name)
    const next = source && scope.catalog.collections.find(source.table)
    if (source === undefined || next === undefined) return undefined
    field = next.fields.find((candidate) => candidate.name.toLowerCase() === source.name)
    collection = next
  }
  if (field === undefined || collection.type === 'view') return undefined
  const list = field.storedFiles(
    sql`${sql.identifier(collection.name)}.${sql.identifier(field.name)}`,
  )
  return {
    collection,
    select: (name) =>
      sql`SELECT "id" FROM ${sql.identifier(collection.name)} WHERE ${name} IN (SELECT value FROM (${list})) LIMIT 1`,
  }
}

interface Access {
  readonly statements: readonly SQL[]
  /** Resolves to true if the record may be viewed, by the rows of the statements. */
  allows(rows: readonly (readonly Row[])[]): Promise<boolean>
}

/**
 * Checks the view rule twice: for a guest, and for the account in the token, whose result counts
 * once the token is verified. So loading the account needs no trip of its own.
 */
function planAccess(scope: PlanContext, request: FileRequest): Access {
  const { collection, recordId, clientIp } = request
  const facts = { ...request.facts, context: 'protectedFile' }
  const guest: Viewer = { request: { ...facts, body: {}, auth: undefined }, isSuperuser: false }
  const token = facts.query['token'] ?? ''
  const claims = accountClaims(token)
  const claimed = token === '' ? undefined : scope.catalog.collections.find(claims.collectionId)
  const account = claimed && isAuthCollection(claimed) ? claimed : undefined
  const isDenied = account && addressDenial(scope.catalog.settings, account, clientIp) !== undefined

  const mayView = (viewer: Viewer): SQL =>
    ruleHolds(
      scope.catalog.collections,
      viewer,
      collection.rules.view,
      storedRow(collection, recordId),
    )
  const asGuest = sql`SELECT ${mayView(guest)} AS "allowed"`
  if (account === undefined || isDenied === true) {
    return { statements: [asGuest], allows: async ([rows]) => rows?.[0]?.['allowed'] === 1 }
  }

  const holder = requestInfoAs(account, claims.id, facts)
  const isOpen = isSuperusers(account) ? sql`TRUE` : mayView(holder)
  const asHolder = sql`SELECT "tokenKey", ${isOpen} AS "allowed" FROM ${sql.identifier(account.name)} AS "holder" WHERE "holder"."id" = ${claims.id}`
  return {
    statements: [asGuest, asHolder],
    async allows([guests, holders]) {
      const [open, own] = [guests?.[0], holders?.[0]]
      if (open?.['allowed'] === 1) return true
      if (own?.['allowed'] !== 1) return false
      const holding = { id: claims.id, tokenKey: String(own['tokenKey']) }
      return await holdsAccountToken(account, 'file', holding, token, scope.now)
    },
  }
}
