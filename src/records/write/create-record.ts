import { type SQL, sql } from 'drizzle-orm'
import { openRequest } from '#filter/open-request.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { changeEvent } from '#catalog/record-events.ts'
import { recordCreation } from '#events/record-changes.ts'
import { abortUnless } from '#database/abort.ts'
import type { ColumnValue, Field, FieldValue } from '#fields/definition/field-type.ts'
import { ApiError } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { foreignIdViolation, isAlwaysVerified, newAccountViolations } from './auth-record.ts'
import { columnContent, knownValue } from './column-values.ts'
import { assertUnlocked } from '#records/access.ts'
import { recordErrors } from '#records/errors.ts'
import { fieldViolations } from './field-violations.ts'
import { internalName } from '#records/identifiers.ts'
import {
  filesToStore,
  type RecordWrite,
  WriteBuilder,
  type WriteRequest,
  type WriteContext,
} from './record-write.ts'
import { resolveBody } from './resolve-body.ts'
import { type RuleRow, ruleHolds } from '#records/read/rule-query.ts'
import { ownershipViolations } from './system-records.ts'
import { addHookGuards, addHookWrites, runBeforeHooks } from './write-hooks.ts'
import { weakPassword } from './weak-password.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoOf, withBody } from '#records/request-info.ts'

/** The creation of one record. */
export interface CreateRequest extends WriteRequest {
  /** True if no user chose the password, so that the field's rules do not apply. */
  readonly hasRandomPassword?: boolean
  /** True if no record may have its id yet. Otherwise that is an issue of the id. */
  readonly mustBeNew?: boolean
}

/** A planned creation. */
export interface RecordCreate extends RecordWrite {
  /** The id of the new record. */
  readonly id: string
}

/**
 * Plans the creation of a record.
 *
 * The create rule is evaluated for the record before the server sets any values. Then all issues of
 * the values are collected, and the row is written and read back.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `unsupportedCollection`, `superusersOnly`; the batch fails with `createFailed`
 */
export async function planCreate(
  context: WriteContext,
  write: CreateRequest,
): Promise<RecordCreate> {
  const { collection, info, body, hasRandomPassword = false } = write
  if (collection.type === 'view') throw new ApiError(recordErrors.unsupportedCollection)
  const guest = requestInfoOf(context, info)
  assertUnlocked(collection, 'create', guest)

  const resolved = resolveBody(collection, body, guest, () => undefined)
  const viewer = withBody(guest, resolved.request)
  const submitted = completed(collection, resolved.values)
  const sent = filled(submitted, context.now, collection)
  const ownId = knownValue(collection, sent, 'id')
  const sentId = String(ownId || newId())
  const hooked =
    context.hooks &&
    (await runBeforeHooks(
      {
        context,
        collection,
        action: 'create',
        id: sentId,
        request: write,
        rule: () => createRule(context, viewer, collection, submitted),
      },
      { values: resolved.values, uploads: resolved.uploads, body: body.data },
    ))
  const values =
    hooked === undefined
      ? sent
      : filled(
          completed(collection, ownId ? withId(collection, hooked.values, sentId) : hooked.values),
          context.now,
          collection,
        )
  const id = hooked === undefined ? sentId : String(knownValue(collection, values, 'id') || sentId)
  const plan = new WriteBuilder(write.position, write.mark)

  askCreateRule(plan, context, viewer, collection, submitted)
  if (write.mustBeNew === true) plan.requireNew(collection, id)
  if (collection.auth !== undefined) {
    const verified = knownValue(collection, submitted, 'verified') === true
    const isManager = managesWouldBe(context, viewer, collection, submitted)
    const violations = newAccountViolations(body, verified, isManager)
    plan.check('form', violations, recordErrors.createFailed)
  }
  addHookGuards(plan, hooked)
  const subject = { collection, isNew: true, recordId: id, stored: () => undefined }
  const violations = [
    ...fieldViolations(context, subject, values, resolved.uploads).filter(
      ({ field }) => !hasRandomPassword || field !== 'password',
    ),
    ...(collection.auth === undefined
      ? []
      : foreignIdViolation(collection, context.catalog.collections.all, id)),
    ...ownershipViolations(context, collection, values),
    ...(hasRandomPassword ? [] : await weakPassword(context, collection, values)),
  ]
  plan.check('fields', violations, recordErrors.createFailed)
  if (violations.every(({ when }) => when !== 'always')) {
    plan.store(...filesToStore(collection, id, values, resolved.uploads))
    plan.add(...(await insert(context, collection, values)))
    plan.addQuery(changeEvent('create', collection, id, context))
    plan.addQuery(recordCreation(context, collection, id))
    addHookWrites(plan, hooked)
  }
  const record = selectRecord(context, viewer, collection, id, info.query['expand'])
  return { ...plan.finish(recordErrors.createFailed, 200, record), id }
}

/** The caller with its body, and the record before its creation, as the rules see them. */
export function recordToCreate(
  context: PlanContext,
  { collection, info, body }: Pick<CreateRequest, 'collection' | 'info' | 'body'>,
): { readonly viewer: RequestInfo; readonly row: RuleRow } {
  const guest = requestInfoOf(context, info)
  const resolved = resolveBody(collection, body, guest, () => undefined)
  const row = wouldBeRow(collection, completed(collection, resolved.values))
  return { viewer: withBody(guest, resolved.request), row }
}

/** Every field with its submitted value, or its zero value. */
function completed(
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): Map<Field, FieldValue> {
  return new Map(
    collection.fields.map((field) => [field, values.get(field) ?? { known: field.zero }]),
  )
}

/** The same values with the server's: ids, dates, token keys. */
function filled(
  values: ReadonlyMap<Field, FieldValue>,
  now: Date,
  collection: Collection,
): Map<Field, FieldValue> {
  return new Map(
    [...values].map(([field, value]) => {
      if (isAlwaysVerified(collection, field)) return [field, { known: true }]
      const own = field.fill('create', value, now)
      return [field, own === undefined ? value : { known: own }]
    }),
  )
}

/** The values with the id that hooks have seen, unless one of them has set another. */
function withId(
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
  id: string,
): ReadonlyMap<Field, FieldValue> {
  const field = collection.field('id')
  return field === undefined || values.has(field)
    ? values
    : new Map([...values, [field, { known: id }]])
}

function createRule(
  context: WriteContext,
  viewer: RequestInfo,
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): SQL | 'always' {
  const rule = collection.rules.create
  if (viewer.isSuperuser || rule.kind === 'open') return 'always'
  return ruleHolds(context.catalog.collections, viewer, rule, wouldBeRow(collection, values))
}

function askCreateRule(
  plan: WriteBuilder,
  context: WriteContext,
  viewer: RequestInfo,
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): void {
  const rule = collection.rules.create
  if (viewer.isSuperuser || rule.kind === 'open') return
  const { collections } = context.catalog
  const cells = [...values].map(([field, value]) => cellOf(collection, field, value))
  const row = cells.map(({ content }) => content)
  const flags = cells.map(({ isFlag }) => isFlag)
  const guard = (message: string): readonly SQL[] =>
    collections.plans.statements(
      ['create rule', collection.id, ...flags],
      { request: viewer, now: context.now, row, message },
      (input) => {
        const columns = cells.map(({ name, isFlag }, at) =>
          columnSql(name, input.open((request) => request.row[at]).sql, isFlag),
        )
        const holds = ruleHolds(
          collections,
          openRequest(input),
          rule,
          rowOfColumns(collection, columns),
        )
        return [abortUnless(holds, input.open((request) => request.message).sql)]
      },
    )
  plan.guard('rule', guard, recordErrors.createFailed, `${collection.name}.createRule`)
}

function managesWouldBe(
  context: WriteContext,
  viewer: RequestInfo,
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): SQL | 'always' {
  if (viewer.isSuperuser) return 'always'
  const rule = collection.rules.manage
  if (rule.kind !== 'filter' || viewer.auth === undefined) return sql`FALSE`
  return ruleHolds(context.catalog.collections, viewer, rule, wouldBeRow(collection, values))
}

/**
 * The record before its creation, as a table of one row. It has no values set by the server yet: an
 * account is unverified and has no token key, and a missing id is one that no record has.
 */
function wouldBeRow(collection: Collection, values: ReadonlyMap<Field, FieldValue>): RuleRow {
  const columns = [...values].map(([field, value]) => {
    const { name, content, isFlag } = cellOf(collection, field, value)
    return columnSql(name, sql`${content}`, isFlag)
  })
  return rowOfColumns(collection, columns)
}

/** A value of the record before its creation. */
interface Cell {
  readonly name: string
  readonly content: ColumnValue
  /** True for a boolean. */
  readonly isFlag: boolean
}

function cellOf(collection: Collection, field: Field, value: FieldValue): Cell {
  const { name } = field
  if (name === 'id' && knownText(value) === '') return { name, content: newId(), isFlag: false }
  const isUnset = collection.auth !== undefined && name === 'verified'
  const known = 'known' in value && !isUnset ? value.known : field.zero
  const content = field.toColumn(field.isHashed ? '' : known)
  return { name, content, isFlag: typeof known === 'boolean' && typeof content === 'number' }
}

/** D1 binds every number as REAL, and without a column a boolean does not become an integer again. */
function columnSql(name: string, content: SQL, isFlag: boolean): SQL {
  return sql`${isFlag ? sql`CAST(${content} AS INTEGER)` : content} AS ${sql.identifier(name)}`
}

function rowOfColumns(collection: Collection, columns: readonly SQL[]): RuleRow {
  return {
    collection,
    source: sql`(SELECT ${sql.join([...columns], sql`, `)})`,
    alias: internalName('rule'),
    isVirtual: true,
    where: () => undefined,
  }
}

function knownText(value: FieldValue): string {
  return 'known' in value && typeof value.known === 'string' ? value.known : ''
}

/** The values of a new record are known, so the statement is the same for all of a collection. */
async function insert(
  { catalog, passwords }: WriteContext,
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): Promise<readonly SQL[]> {
  const names = [...values.keys()].map(({ name }) => name)
  const contents: ColumnValue[] = []
  for (const [field, value] of values) {
    if ('sql' in value) throw new Error('A new record has no stored values.')
    const content = columnContent(passwords, field, value.known)
    contents.push(content instanceof Promise ? await content : content)
  }
  return catalog.collections.plans.statements(
    ['insert', collection.id, ...names],
    contents,
    (input) => {
      const columns = names.map((name) => sql`${sql.identifier(name)}`)
      const slots = names.map((_, at) => input.open((row) => row[at]).sql)
      return [
        sql`INSERT INTO ${sql.identifier(collection.name)} (${sql.join(columns, sql`, `)}) VALUES (${sql.join(slots, sql`, `)})`,
      ]
    },
  )
}
