import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { changeStatements } from '#collections/change-collections.ts'
import { createTable, syncTable } from '#collections/schema/sync-table.ts'
import { isView } from '#collections/views/derive-views.ts'
import { readNumber } from '#database/read-number.ts'
import { all, list, map, one, type Query } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import { hexDigest } from '#kernel/bytes.ts'
import type { Risk } from './assess.ts'
import type { SchemaDraft } from './draft-schema.ts'
import { type Drift, driftOf, type PushFacts, selectFacts } from './facts.ts'
import {
  type PreparedChange,
  type PreparedSchema,
  prepareSchema,
  pushedTexts,
} from './prepare-schema.ts'
import type { SchemaRequest } from './request.ts'

/** A change with its risk. */
export type PlannedChange = PreparedChange['change'] & {
  readonly risk: Risk
  /** The rows that are concerned, if that decides the risk. */
  readonly rows?: number
  /** The word that allows the change. */
  readonly allow?: string | readonly string[]
}

/** The changes that lead to the requested definitions. */
export interface SchemaPlan {
  readonly revision: number
  /** Identifies the plan: of this request at this revision. */
  readonly digest: string
  readonly drift: readonly Drift[]
  readonly changes: readonly PlannedChange[]
  /** The statements of the batch that applies it. */
  readonly statements: number
  /** True if these are the definitions of the last push. */
  readonly isPushed: boolean
}

/** The statements of one batch. A Worker may run a thousand. */
const maxStatements = 1000

/** Rows that are copied or indexed in one batch, which D1 ends after 30 seconds. */
const maxRowSteps = 5_000_000

/** Rows from which copying and indexing is slow. */
const slowRows = 100_000

/**
 * Plans the changes to the requested definitions.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `malformed`
 */
export async function planSchema(
  context: PlanContext,
  request: SchemaRequest,
  facts?: PushFacts,
): Promise<Query<SchemaPlan>> {
  const prepared = prepareSchema(context, request, facts)
  const { revision } = context.catalog
  const digest = await digestOf(request, revision)
  const statements = statementCount(context, prepared)
  const found = all({
    facts: selectFacts,
    changes: list(prepared.changes.map(judged)),
    works: list(worksOf(prepared).map(measured)),
  })
  return map(found, ({ facts: known, changes, works }) => ({
    revision,
    digest,
    drift: driftOf(known, prepared.stored),
    changes: [
      ...changes.map((change, at) => slowed(change, prepared.changes[at], works)),
      ...tooLarge(prepared, statements, works),
    ],
    statements,
    isPushed: isPushed(prepared, known),
  }))
}

/** The digest of a request at a revision. It says nothing about the secrets in the request. */
export async function digestOf(request: SchemaRequest, revision: number): Promise<string> {
  return await hexDigest('SHA-256', JSON.stringify([revision, sorted(request)]))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, each]) => [key, sorted(each)])
}

/** Three more per plan: the entry of the history, and what it removes. */
function statementCount(context: PlanContext, { stored, after, drafts, pushed }: PreparedSchema) {
  const entries = 2 + changedIds({ stored, after }).length
  return changeStatements(context, { stored, after, drafts }).length + entries + pushed.length + 3
}

function changedIds({ stored, after }: Pick<PreparedSchema, 'stored' | 'after'>): string[] {
  const ids = new Set([...stored, ...after].map(({ id }) => id))
  const find = (list_: PreparedSchema['stored'], id: string) => list_.find((each) => each.id === id)
  return [...ids].filter((id) => find(stored, id) !== find(after, id))
}

/** Reads the rows that a change concerns. */
function judged({ change, risk, judge }: PreparedChange): Query<PlannedChange> {
  if (judge === undefined) return { statements: [], read: () => ({ ...change, risk }) }
  return one(sql`SELECT ${judge.count} AS "rows"`, ([row]) => {
    const rows = readNumber(row, 'rows')
    if (rows === 0) return { ...change, risk }
    const { allow } = judge
    return { ...change, risk: judge.risk, rows, ...(allow === undefined ? {} : { allow }) }
  })
}

/** The cost of a changed collection per stored row. */
interface Work {
  readonly id: string
  readonly table: string
  /** The number of times that each row is copied or put into an index. */
  readonly steps: number
}

function worksOf({ drafts }: PreparedSchema): Work[] {
  return drafts.flatMap(({ previous, next }) => {
    if (previous === undefined || isView(next) || isView(previous)) return []
    const steps = syncTable(previous, next, []).filter(isRowStep).length
    return steps === 0 ? [] : [{ id: next.id, table: previous.name, steps }]
  })
}

function isRowStep(statement: SQL): boolean {
  return /^(?:UPDATE|CREATE (?:UNIQUE )?INDEX)\b/.test(toStatement(statement).sql)
}

interface MeasuredWork extends Work {
  readonly rows: number
}

function measured(work: Work): Query<MeasuredWork> {
  return one(sql`SELECT count(*) AS "rows" FROM ${sql.identifier(work.table)}`, ([row]) => ({
    ...work,
    rows: readNumber(row, 'rows'),
  }))
}

const restructuring: ReadonlySet<string> = new Set([
  'collection.rename',
  'field.rename',
  'field.drop',
  'index.add',
])

function slowed(
  change: PlannedChange,
  prepared: PreparedChange | undefined,
  works: readonly MeasuredWork[],
): PlannedChange {
  const work = works.find(({ id }) => id === prepared?.collectionId)
  const isStep =
    restructuring.has(change.kind) ||
    (change.kind === 'field.change' && change['option'] === 'maxSelect')
  const isSlow = work !== undefined && work.rows > slowRows && isStep && change.risk === 'safe'
  return isSlow ? { ...change, risk: 'slow', rows: work.rows } : change
}

/** More than one batch holds, with the collections that fit into one each. */
function tooLarge(
  prepared: PreparedSchema,
  statements: number,
  works: readonly MeasuredWork[],
): PlannedChange[] {
  const rowSteps = works.reduce((sum, { rows, steps }) => sum + rows * steps, 0)
  if (statements <= maxStatements && rowSteps <= maxRowSteps) return []
  const split = splitOf(prepared.drafts, works)
  return [{ kind: 'limit', collection: '', statements, rowSteps, split, risk: 'blocked' }]
}

function splitOf(drafts: readonly SchemaDraft[], works: readonly MeasuredWork[]): string[][] {
  const groups: { names: string[]; statements: number; rowSteps: number }[] = []
  for (const { previous, next } of drafts) {
    const own =
      previous === undefined ? createTable(next).length : syncTable(previous, next, []).length
    const work = works.find(({ id }) => id === next.id)
    const statements = own + 3
    const rowSteps = work === undefined ? 0 : work.rows * work.steps
    const last = groups.at(-1)
    const fits =
      last !== undefined &&
      last.statements + statements <= maxStatements * 0.9 &&
      last.rowSteps + rowSteps <= maxRowSteps
    if (fits) {
      last.names.push(next.name)
      last.statements += statements
      last.rowSteps += rowSteps
    } else {
      groups.push({ names: [next.name], statements, rowSteps })
    }
  }
  return groups.map(({ names }) => names)
}

function isPushed({ pushed }: PreparedSchema, { base }: PushFacts): boolean {
  const texts = pushedTexts(pushed)
  const undated = (text: unknown) =>
    JSON.stringify({ ...(text as object), created: '', updated: '' })
  return (
    texts.size === base.size &&
    [...texts].every(([id, text]) => undated(base.get(id)) === undated(JSON.parse(text)))
  )
}
