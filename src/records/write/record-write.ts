/*
 * A write as a plan: guards, then statements, then the select for the response. `/api/batch` joins
 * the plans of several requests into one batch; each marks its guards with its position, so that an
 * abort names the failed request and the reason.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless, abortWith, type BatchFailure } from '#database/abort.ts'
import { list, map, type Query, rowsOf } from '#database/query.ts'
import { parseIndex } from '#catalog/indexes.ts'
import type { Field, FieldValue } from '#fields/definition/field-type.ts'
import { ApiError, commonErrors, type ErrorSpec, type FieldIssue } from '#kernel/errors.ts'
import type { Passwords } from '#platform/passwords.ts'
import { isUnchanged, preconditionFailed, type StoredRow } from '#records/conditions/seen-record.ts'
import type { ExpandAllowance } from '#records/expand-allowance.ts'
import { type StepUpDemand, stepUpCodes, stepUpRefusal } from '#records/step-up.ts'
import type { RecordFile } from './write-with-files.ts'
import type { FieldUpload, SubmittedBody } from './resolve-body.ts'
import type { FilePlan } from './write-with-files.ts'
import { guardViolations, type CheckedIssue } from './violations.ts'

/** The context of every write. */
export interface WriteContext extends PlanContext {
  readonly passwords: Passwords
  /** The expand budget that the writes of a batch share. */
  readonly allowance?: ExpandAllowance
}

/** A write of one record, by itself or in a batch. */
export interface WriteRequest {
  readonly info: RequestInfo
  readonly collection: Collection
  readonly body: SubmittedBody
  /** The mark of this write's guards, unique within a batch. */
  readonly position: number
  /** The mark among the writes that hooks of this write add; empty for the write itself. */
  readonly mark?: string
}

/** The statements of one write, whose result is the body of its response. */
export interface RecordWrite extends Query<unknown> {
  /** The statements that only check and can run by themselves. */
  readonly preconditions: readonly SQL[]
  /** Files to store before the statements run. */
  readonly files: readonly RecordFile[]
  /** True if the statements may orphan files. */
  readonly mayOrphanFiles: boolean
  readonly status: 200 | 204
  /** Other collections with changed records. */
  readonly affected: readonly Collection[]
  /** The error of one of this write's guards. */
  errorAt(stage: string, codes: string): ApiError
  /** The error of a violated UNIQUE constraint, on the changed fields if known. */
  notUnique(fields: readonly string[]): ApiError
}

const notUnique: FieldIssue = { code: 'validation_not_unique', message: 'Value must be unique.' }

/** Collects the statements of a write, and the error of each guard. */
export class WriteBuilder {
  readonly #position: number
  readonly #mark: string
  readonly #added: AddedWrite[] = []
  readonly #parts: Query<unknown>[] = []
  readonly #files: RecordFile[] = []
  #preconditions: readonly SQL[] | undefined
  #mayDropFiles = false
  readonly #alsoChanged: Collection[] = []
  readonly #refusals = new Map<string, (codes: string) => ApiError>()

  constructor(position: number, mark = '') {
    this.#position = position
    this.#mark = mark
  }

  /** Fails the write with an error that is known already, after the guards so far. */
  refuse(stage: string, error: ApiError): void {
    this.#parts.push(rowsOf([abortWith(sql`${this.#message(stage)}`)]))
    this.#refusals.set(stage, () => error)
  }

  /** Fails the write with a conflict unless the condition is true, so that it is planned again. */
  requireAsRead(condition: SQL): void {
    this.require(changedStage, condition, commonErrors.transactionConflict)
  }

  /** Adds a write that a hook asks for. Its errors are errors of this write. */
  addWrite(added: AddedWrite): void {
    const { write } = added
    this.#added.push(added)
    this.addQuery(write)
    this.store(...write.files)
    if (write.mayOrphanFiles) this.#mayDropFiles = true
  }

  /** Fails the write unless the condition is true when the batch gets here. */
  require(stage: string, condition: SQL, refusal: ErrorSpec, rule?: string): void {
    this.guard(stage, (message) => [abortUnless(condition, message)], refusal, rule)
  }

  /** Fails the write if one of these statements aborts with the message. */
  guard(
    stage: string,
    statements: (message: string) => readonly SQL[],
    refusal: ErrorSpec,
    rule?: string,
  ): void {
    this.#parts.push(rowsOf(statements(this.#message(stage))))
    this.#refusals.set(stage, () => new ApiError(refusal, rule === undefined ? {} : { rule }))
  }

  /** Fails the write unless the record is as its caller has seen it. */
  requireUnchanged(collection: Collection, id: string, row: StoredRow | undefined): void {
    if (row === undefined) return
    for (const condition of isUnchanged(collection, id, row)) {
      this.#parts.push(rowsOf([abortUnless(condition, this.#message('state'))]))
    }
    this.#refusals.set('state', () => preconditionFailed('If-Match'))
  }

  /** Fails the write if there is a record with the id. */
  requireNew(collection: Collection, id: string): void {
    const exists = sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE "id" = ${id})`
    this.#parts.push(rowsOf([abortUnless(sql`NOT ${exists}`, this.#message('new'))]))
    this.#refusals.set('new', () => preconditionFailed('If-None-Match'))
  }

  /** Fails the write if an action of the caller on their own account needs a recent proof. */
  requireRecentProof(demand: StepUpDemand | undefined): void {
    if (demand === undefined) return
    const reason = sql`${this.#message('stepUp')} || ${stepUpCodes(demand)}`
    this.#parts.push(rowsOf([abortWith(reason)]))
    this.#refusals.set('stepUp', (codes) => stepUpRefusal(codes, demand.collection))
  }

  /** Fails the write with all issues that hold when the batch gets here. */
  check(stage: string, violations: readonly CheckedIssue[], refusal: ErrorSpec, from?: SQL): void {
    const guard = guardViolations(this.#message(stage), violations, from)
    this.#parts.push(rowsOf(guard.statements))
    this.#refusals.set(stage, (codes) => new ApiError(refusal, { issues: guard.issues(codes) }))
  }

  /** Adds statements without conditions. */
  add(...statements: readonly SQL[]): void {
    this.addQuery(rowsOf(statements))
  }

  /** Adds statements whose rows report changes. */
  addQuery(query: Query<unknown>): void {
    if (query.statements.length > 0) this.#preconditions ??= list(this.#parts).statements
    this.#parts.push(query)
  }

  /** Adds statements that sweep orphaned files. */
  addSweeps(...statements: readonly SQL[]): void {
    if (statements.length > 0) this.#mayDropFiles = true
    this.add(...statements)
  }

  /** Adds files to store before the statements run. */
  store(...files: readonly RecordFile[]): void {
    this.#files.push(...files)
  }

  /** Adds statements that change records of these other collections. */
  addAffecting(collections: readonly Collection[], ...statements: readonly SQL[]): void {
    this.#alsoChanged.push(...collections)
    this.add(...statements)
  }

  /** The finished write. `body` is read last, for the response. */
  finish(failed: ErrorSpec, status: 200 | 204, body: Query<unknown>): RecordWrite {
    const write = list([...this.#parts, body])
    return {
      ...map(write, (values) => values.at(-1)),
      preconditions: this.#preconditions ?? write.statements,
      files: this.#files,
      mayOrphanFiles: this.#mayDropFiles,
      status,
      affected: this.#alsoChanged,
      errorAt: (stage, codes) => {
        const added = this.#added.find(({ mark }) => stage.startsWith(mark))
        if (added !== undefined) return errorOfAdded(failed, added.write.errorAt(stage, codes))
        const own = stage.slice(this.#mark.length)
        return this.#refusals.get(own)?.(codes) ?? new ApiError(commonErrors.badRequest)
      },
      notUnique: (fields) =>
        new ApiError(failed, {
          issues: Object.fromEntries(fields.map((field) => [field, notUnique])),
        }),
    }
  }

  #message(stage: string): string {
    return `${messagePrefix}${this.#position}:${this.#mark}${stage}:`
  }
}

/** A write that a hook adds to another one. */
export interface AddedWrite {
  /** The mark of its guards. It begins with the mark of the write that it belongs to. */
  readonly mark: string
  readonly write: RecordWrite
}

/** The error of a write whose hook has added one that fails. */
export function errorOfAdded(failed: ErrorSpec, { code, message, issues }: ApiError): ApiError {
  const isBlank = Object.keys(issues).length === 0
  return new ApiError(failed, { issues: { batch: isBlank ? { code, message } : issues } })
}

/** The stage of guards that what was read before the write is still stored. */
const changedStage = 'changed'

/** True if what was read before a write has changed since: the write must be planned again. */
export function isChangedMeanwhile(failure: BatchFailure): boolean {
  return readGuard(failure)?.stage.endsWith(changedStage) === true
}

/** The files of a body that become values of the new record. */
export function filesToStore(
  collection: Collection,
  id: string,
  values: ReadonlyMap<Field, FieldValue>,
  uploads: readonly FieldUpload[],
): RecordFile[] {
  return uploads
    .filter(({ field, name }) => {
      const value = values.get(field)
      return value !== undefined && field.namedFiles(value).includes(name)
    })
    .map(({ field, name, originalName, contentType, upload }) => ({
      key: `${collection.id}/${id}/${name}`,
      originalName,
      contentType,
      upload,
      // A list will contain everything that is added to it.
      isNamed: field.isMultiple || 'known' in (values.get(field) ?? {}),
    }))
}

const messagePrefix = 'record:'
const message = /^record:(\d+):(\w+):([\dA-F:,]*)$/

/** Parses the write, the stage and the codes of a guard. */
export function readGuard(
  failure: BatchFailure,
): { position: number; stage: string; codes: string } | undefined {
  const [, position, stage, codes] =
    (failure.kind === 'aborted' && message.exec(failure.message)) || []
  if (position === undefined || stage === undefined) return undefined
  return { position: Number(position), stage, codes: codes ?? '' }
}

/**
 * The fields of a collection with a violated UNIQUE constraint; undefined if it belongs to another
 * table.
 */
export function violatedFields(
  collection: Collection,
  failure: BatchFailure,
): readonly string[] | undefined {
  if (failure.kind === 'notUnique') {
    if (failure.table.toLowerCase() !== collection.name.toLowerCase()) return undefined
    return knownFields(collection, failure.columns)
  }
  if (failure.kind === 'notUniqueIndex') {
    const index = collection.definition.indexes
      .map(parseIndex)
      .find((candidate) => candidate?.name.toLowerCase() === failure.index.toLowerCase())
    return (
      index &&
      knownFields(
        collection,
        index.columns.map((column) => column.name),
      )
    )
  }
  return undefined
}

/** The fields with a violated UNIQUE constraint, in a collection that a write changes. */
export function fieldsViolatedBy(
  collection: Collection,
  { affected }: RecordWrite,
  failure: BatchFailure,
): readonly string[] | undefined {
  return [collection, ...affected]
    .map((changed) => violatedFields(changed, failure))
    .find((fields) => fields !== undefined)
}

function knownFields(collection: Collection, columns: readonly string[]): string[] {
  const names = new Set(columns.map((column) => column.toLowerCase()))
  return collection.fields
    .filter(({ name }) => names.has(name.toLowerCase()))
    .map(({ name }) => name)
}

/** A single write as the plan of a request. */
export function planWrite(collection: Collection, write: RecordWrite): FilePlan<unknown> {
  return {
    ...write,
    isConflict: isChangedMeanwhile,
    errorFor: (failure) => {
      const guard = readGuard(failure)
      if (guard !== undefined) return write.errorAt(guard.stage, guard.codes)
      return write.notUnique(fieldsViolatedBy(collection, write, failure) ?? [])
    },
  }
}
