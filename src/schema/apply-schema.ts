import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { changeStatements } from '#collections/change-collections.ts'
import { recordHistory } from '#collections/history/record-history.ts'
import { databaseFault } from '#collections/schema/database-error.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { raiseRevision } from '#database/revision.ts'
import { map, one, type Plan, type Query } from '#database/query.ts'
import { schemaBaseTable, schemaHistoryTable } from '#database/schema.ts'
import { assertSuperuser } from '#http/guards.ts'
import { ApiError, type FieldIssue } from '#kernel/errors.ts'
import { schemaErrors } from './errors.ts'
import { type PushFacts, selectFacts } from './facts.ts'
import { digestOf, type PlannedChange, planSchema, type SchemaPlan } from './plan-schema.ts'
import { type PreparedSchema, prepareSchema, pushedTexts } from './prepare-schema.ts'
import type { SchemaRequest } from './request.ts'

/** Dependencies of {@link applySchema}. */
interface ApplyPorts {
  readonly transactor: Transactor
  /** A mark of the database to return to, of this moment; null if the host has none. */
  readonly bookmark: () => Promise<string | null>
}

/** A request to apply a plan, at the revision that it was made for. */
export interface ApplyRequest {
  readonly request: SchemaRequest
  readonly revision: number
}

/** The plan that was applied. */
export type AppliedPlan = SchemaPlan & { readonly entry: number }

const refused = 'arete:schema-refused'

/**
 * Applies a plan at the revision that it was made for: all of it or nothing.
 *
 * Database: 2 batches, 1 more to merge.
 *
 * @param ask authorises the caller and reads the request
 * @throws {ApiError} `stale`, `refused`, `failed`, `malformed`
 */
export async function applySchema(
  { transactor, bookmark }: ApplyPorts,
  ask: (context: PlanContext) => Promise<ApplyRequest>,
): Promise<AppliedPlan> {
  let mark: Promise<string | null> | undefined
  const { asked, facts, plan } = await answerPlan(transactor, async (context) => {
    const found = await ask(context)
    // Beside the batch. A plan can do without.
    mark ??= bookmark().catch(() => null)
    return found
  })
  const { request, revision } = asked
  assertAllowed(plan, request)
  const marked = (await mark) ?? null
  return await transactor.write((context) => {
    assertSuperuser(context.caller)
    if (context.catalog.revision !== revision) return staleAnswer(plan.digest)
    return planApply(context, request, { plan, facts, bookmark: marked })
  })
}

/** A plan, with the request that it answers. */
interface Answer<Asked> {
  readonly asked: Asked
  /** Read to merge; undefined otherwise. */
  readonly facts: PushFacts | undefined
  readonly plan: SchemaPlan
}

/**
 * Plans the changes that a request asks for. Database: 1 batch; 2 to merge.
 *
 * @param ask authorises the caller and reads the request; with a revision, the plan must be for it
 * @throws {ApiError} `malformed`, `stale`
 */
export async function answerPlan<
  Asked extends { readonly request: SchemaRequest; readonly revision?: number },
>(transactor: Transactor, ask: (context: PlanContext) => Promise<Asked>): Promise<Answer<Asked>> {
  const first = await transactor.read<Partial<Answer<Asked>> & { readonly asked: Asked }>(
    async (context) => {
      const asked = await ask(context)
      return asked.request.drift === 'keep'
        ? map(selectFacts, (facts) => ({ asked, facts }))
        : map(await planAt(context, asked), (plan) => ({ asked, plan }))
    },
  )
  const { asked, facts } = first
  const plan =
    first.plan ??
    (await transactor.read((context) => {
      assertSuperuser(context.caller)
      return planAt(context, asked, facts)
    }))
  return { asked, facts, plan }
}

async function planAt(
  context: PlanContext,
  { request, revision }: { readonly request: SchemaRequest; readonly revision?: number },
  facts?: PushFacts,
): Promise<Query<SchemaPlan>> {
  const isCurrent = revision === undefined || context.catalog.revision === revision
  return isCurrent
    ? await planSchema(context, request, facts)
    : staleAnswer(await digestOf(request, revision))
}

/** Fails the request, and names the entry if this plan was applied before. */
function staleAnswer(digest: string): Query<never> {
  const applied = one(
    sql`SELECT "id", "at" FROM ${schemaHistoryTable} WHERE "digest" = ${digest} AND "digest" <> ''`,
    ([row]) => row,
  )
  return map(applied, (row): never => {
    if (row === undefined) throw new ApiError(schemaErrors.stale)
    const [id, at] = [Number(row['id']), String(row['at'])]
    const message = `This plan was applied as entry ${id}.`
    const issue: FieldIssue = { code: 'schema_applied', message, params: { id, at } }
    throw new ApiError(schemaErrors.stale, { issues: { entry: issue } })
  })
}

/** @throws {ApiError} `refused` with everything that is not allowed */
function assertAllowed(plan: SchemaPlan, request: SchemaRequest): void {
  const issues = plan.changes.flatMap((change) => refusalOf(change, request))
  const isDrifting = request.source === 'push' && request.drift === '' && plan.drift.length > 0
  const drift: readonly (readonly [string, FieldIssue])[] = isDrifting
    ? [
        [
          'drift',
          {
            code: 'schema_drift',
            message: `The deployment has changed since the last push: ${plan.drift
              .map(({ collection, what }) => `${collection} ${what}`)
              .join(', ')}.`,
          },
        ],
      ]
    : []
  const all = [...drift, ...issues]
  if (all.length > 0) throw new ApiError(schemaErrors.refused, { issues: Object.fromEntries(all) })
}

function refusalOf(
  change: PlannedChange,
  { allow }: SchemaRequest,
): readonly (readonly [string, FieldIssue])[] {
  const { risk, kind, collection, rows } = change
  if (risk === 'destructive' && typeof change.allow === 'string') {
    if (allow.includes(change.allow)) return []
    const message = `${rows} ${rows === 1 ? 'row is' : 'rows are'} concerned.`
    return [[change.allow, { code: 'schema_not_allowed', message, params: { rows } }]]
  }
  if (risk !== 'blocked') return []
  const place = [kind, collection].filter((part) => part !== '').join(':')
  return [[place, { code: 'schema_blocked', message: blockedMessage(change), params: { change } }]]
}

function blockedMessage({ kind, ...change }: PlannedChange): string {
  switch (kind) {
    case 'field.ambiguous':
      return 'Fields went and came. Say renamedFrom, or allow the drop by name.'
    case 'conflict':
      return `Code and the deployment both changed ${String(change['what'])}.`
    case 'invalid':
      return 'The definition is not valid.'
    case 'phase':
      return 'Push with the phase expand first.'
    case 'limit':
      return 'This is more than one batch holds. Push the collections in groups.'
    default:
      return `${change.rows} groups of stored values are equal.`
  }
}

interface ApplyContext {
  readonly plan: SchemaPlan
  readonly facts: PushFacts | undefined
  readonly bookmark: string | null
}

function planApply(
  context: PlanContext,
  request: SchemaRequest,
  { plan, facts, bookmark }: ApplyContext,
): Plan<AppliedPlan> {
  const prepared = prepareSchema(context, request, facts)
  const { stored, after } = prepared
  const { source } = request
  const latest = one(sql`SELECT max("id") AS "id" FROM ${schemaHistoryTable}`, ([row]) =>
    Number(row?.['id'] ?? 0),
  )
  const statements = [
    ...guardsOf(prepared, request),
    ...changeStatements(context, prepared),
    ...recordHistory({
      ...context,
      source,
      before: stored,
      after,
      digest: plan.digest,
      bookmark,
      always: true,
    }),
    ...(source === 'push' ? storeBase(prepared) : []),
    raiseRevision,
  ]
  return {
    statements: [...statements, ...latest.statements],
    changesCatalog: true,
    read: (rows) => ({ ...plan, entry: latest.read(rows.slice(statements.length)) }),
    explain: (error) => failure(error),
  }
}

/** Rows that came after the plan was made are not lost either. */
function guardsOf({ changes }: PreparedSchema, { allow }: SchemaRequest): SQL[] {
  return changes.flatMap(({ judge }) => {
    if (judge === undefined || allow.includes(judge.allow ?? '')) return []
    return [abortUnless(sql`${judge.count} = 0`, refused)]
  })
}

function storeBase({ pushed }: PreparedSchema): SQL[] {
  return [
    sql`DELETE FROM ${schemaBaseTable}`,
    ...[...pushedTexts(pushed)].map(
      ([id, text]) =>
        sql`INSERT INTO ${schemaBaseTable} ("collectionRef", "definition") VALUES (${id}, ${text})`,
    ),
  ]
}

function failure(error: unknown): ApiError | undefined {
  const undone = batchFailure(error)
  if (undone?.kind === 'aborted' && undone.message === refused) {
    return new ApiError(schemaErrors.stale, { cause: error })
  }
  const fault = databaseFault(error)
  if (fault === undefined) return undefined
  return new ApiError(schemaErrors.failed, {
    message: `${schemaErrors.failed.message} Raw error: \n${fault}`,
    cause: error,
  })
}
