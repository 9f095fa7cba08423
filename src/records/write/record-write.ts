/*
 * A write as a plan: guards, then statements, then the select of what is answered. Plans of several
 * requests are joined into one batch by `/api/batch`; each marks its guards with its position, so
 * that an abort tells which request failed and why.
 */
import type { SQL } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless, type BatchFailure } from '#database/abort.ts'
import { list, map, type Query, rowsOf } from '#database/query.ts'
import { parseIndex } from '#catalog/indexes.ts'
import type { Field, FieldValue } from '#fields/field-type.ts'
import { ApiError, commonErrors, type ErrorSpec, type FieldIssue } from '#kernel/errors.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { ExpandAllowance } from '#records/expand-allowance.ts'
import type { RecordFile } from './write-with-files.ts'
import type { FieldUpload, SubmittedBody } from './resolve-body.ts'
import type { FilePlan } from './write-with-files.ts'
import { guardViolations, type CheckedIssue } from './violations.ts'

/** What every write is planned with. */
export interface WriteScope extends PlanContext {
  readonly passwords: PasswordHasher
  /** What the writes of one batch may expand. */
  readonly allowance?: ExpandAllowance
}

/** A write of one record, asked for by itself or inside a batch. */
export interface WriteRequest {
  readonly info: RequestInfo
  readonly collection: Collection
  readonly body: SubmittedBody
  /** Marks the guards of this write; unique within a batch. */
  readonly position: number
}

/** The statements of one write, read as the body of its answer. */
export interface RecordWrite extends Query<unknown> {
  /** Those of the statements that ask before anything is written: they can be run by themselves. */
  readonly preconditions: readonly SQL[]
  /** What has to be in the bucket before the statements run. */
  readonly files: readonly RecordFile[]
  /** Whether the statements may leave files behind that no record names. */
  readonly mayOrphanFiles: boolean
  readonly status: 200 | 204
  /** Other collections whose records it changes. */
  readonly affected: readonly Collection[]
  /** The error that a guard of this write stands for. */
  errorAt(stage: string, codes: string): ApiError
  /** The error that a violated UNIQUE constraint stands for, over fields it changes if any. */
  notUnique(fields: readonly string[]): ApiError
}

const notUnique: FieldIssue = { code: 'validation_not_unique', message: 'Value must be unique.' }

/** Collects the statements of a write, each guard with the refusal it stands for. */
export class WriteBuilder {
  readonly #position: number
  readonly #parts: Query<unknown>[] = []
  readonly #files: RecordFile[] = []
  #preconditions: readonly SQL[] | undefined
  #mayDropFiles = false
  readonly #alsoChanged: Collection[] = []
  readonly #refusals = new Map<string, (codes: string) => ApiError>()

  constructor(position: number) {
    this.#position = position
  }

  /** Refuses the write unless the condition is true when the batch gets here. */
  require(stage: string, condition: SQL, refusal: ErrorSpec): void {
    this.#parts.push(rowsOf([abortUnless(condition, this.#message(stage))]))
    this.#refusals.set(stage, () => new ApiError(refusal))
  }

  /** Refuses the write with all violations that hold when the batch gets here. */
  check(stage: string, violations: readonly CheckedIssue[], refusal: ErrorSpec, from?: SQL): void {
    const guard = guardViolations(this.#message(stage), violations, from)
    this.#parts.push(rowsOf(guard.statements))
    this.#refusals.set(stage, (codes) => new ApiError(refusal, { issues: guard.issues(codes) }))
  }

  /** Adds statements without conditions. */
  add(...statements: readonly SQL[]): void {
    this.addQuery(rowsOf(statements))
  }

  /** Adds statements whose rows tell of changes. */
  addQuery(query: Query<unknown>): void {
    if (query.statements.length > 0) this.#preconditions ??= list(this.#parts).statements
    this.#parts.push(query)
  }

  /** Adds statements that say where files are left behind. */
  addSweeps(...statements: readonly SQL[]): void {
    if (statements.length > 0) this.#mayDropFiles = true
    this.add(...statements)
  }

  /** Has files stored before the statements run. */
  store(...files: readonly RecordFile[]): void {
    this.#files.push(...files)
  }

  /** Adds statements that change records of these other collections. */
  addAffecting(collections: readonly Collection[], ...statements: readonly SQL[]): void {
    this.#alsoChanged.push(...collections)
    this.add(...statements)
  }

  /** The finished write. `body` is read last, for the answer. */
  finish(failed: ErrorSpec, status: 200 | 204, body: Query<unknown>): RecordWrite {
    const write = list([...this.#parts, body])
    return {
      ...map(write, (values) => values.at(-1)),
      preconditions: this.#preconditions ?? write.statements,
      files: this.#files,
      mayOrphanFiles: this.#mayDropFiles,
      status,
      affected: this.#alsoChanged,
      errorAt: (stage, codes) =>
        this.#refusals.get(stage)?.(codes) ?? new ApiError(commonErrors.badRequest),
      notUnique: (fields) =>
        new ApiError(failed, {
          issues: Object.fromEntries(fields.map((field) => [field, notUnique])),
        }),
    }
  }

  #message(stage: string): string {
    return `${messagePrefix}${this.#position}:${stage}:`
  }
}

/** The files of a body that are values of the record it makes, as they are to be stored. */
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
      // A list comes to hold all that is added to it.
      isNamed: field.isMultiple || 'known' in (values.get(field) ?? {}),
    }))
}

const messagePrefix = 'record:'
const message = /^record:(\d+):(\w+):([\dA-F:,]*)$/

/** Which write of a batch a guard belongs to, at which stage, and what it found. */
export function readGuard(
  failure: BatchFailure,
): { position: number; stage: string; codes: string } | undefined {
  const [, position, stage, codes] =
    (failure.kind === 'aborted' && message.exec(failure.message)) || []
  if (position === undefined || stage === undefined) return undefined
  return { position: Number(position), stage, codes: codes ?? '' }
}

/**
 * The fields of a collection that a violated UNIQUE constraint is over; undefined when it is
 * another table's.
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

/** The fields that a violated UNIQUE constraint is over, of a collection that a write changes. */
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
    errorFor: (failure) => {
      const guard = readGuard(failure)
      if (guard !== undefined) return write.errorAt(guard.stage, guard.codes)
      return write.notUnique(fieldsViolatedBy(collection, write, failure) ?? [])
    },
  }
}
