import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Transactor } from '#catalog/transact.ts'
import { all, constant, map, one, type Plan, type Query } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { isExcess } from '#filter/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Caller } from '#http/caller.ts'
import { assertSuperuser } from '#http/guards.ts'
import { unknownFacts } from '#http/session-facts.ts'
import { ApiError, commonErrors, type FieldIssue, required } from '#kernel/errors.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { Passwords } from '#platform/passwords.ts'
import { accessTo } from '#records/access.ts'
import { recordErrors } from '#records/errors.ts'
import { columnOf } from '#records/identifiers.ts'
import { parseExpand } from '#records/read/expand-paths.ts'
import { type RuleRow, storedRow } from '#records/read/rule-query.ts'
import { filtersThroughRelations } from '#records/relation-filter.ts'
import { guestRequest, requestInfoOf } from '#records/request-info.ts'
import { recordToCreate } from '#records/write/create-record.ts'
import { updatingViewer } from '#records/write/update-record.ts'
import { collectionsWith, draftIssue } from './draft-rule.ts'
import type { ExplainForm } from './explain-form.ts'
import {
  type Action,
  actions,
  contextOf,
  type ExplainedRequest,
  type ExplainedContext,
  methodOf,
  ruleOf,
  ruleTextOf,
} from './explained-request.ts'
import { type ExplainedRule, planRuleTree, type TreeNode, unclaused } from './rule-tree.ts'
import { submittedBody } from './submitted-body.ts'
import { planReadVerdict } from './read-verdict.ts'
import type { Verdict } from './verdict.ts'
import { isWrite, planWriteVerdict, readVerdict } from './write-verdict.ts'

/** The reason why a request is refused: the rule, or something besides it. */
type RefusedBy = 'locked' | 'broken' | 'rule' | 'record' | 'filter' | 'request'

/** An explanation, with its keys in order. */
export interface Explanation {
  readonly allowed: boolean
  /** Null for an action that has no response of its own. */
  readonly status: number | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly refusedBy: RefusedBy | null
  /** True if the caller is a superuser, whom no rule binds. */
  readonly bypass: boolean
  readonly ruleName: string
  readonly rule: string | null
  readonly kind: 'locked' | 'open' | 'broken' | 'filter'
  readonly draft: boolean
  readonly tree: TreeNode | null
  readonly rows: ExplainedRule['rows']
  readonly also: readonly string[]
  readonly counts?: Counts | undefined
}

interface Counts {
  readonly visible: number
  readonly total: number
}

interface Ports {
  readonly transactor: Transactor
  readonly passwords: Passwords
  /** Counts the request, by its collection if that is known. */
  count(context: PlanContext, collection: Collection | undefined): void
  /** Reads the form. Called again when the request is planned again. */
  readForm(): Promise<ExplainForm>
}

/**
 * Explains the response to a request that another caller would send. The verdict is that of the
 * request's own plan; a write is undone.
 *
 * Database: 1 batch, 2 for a write.
 *
 * @throws {ApiError} `validationFailed` for a form that cannot be explained, `filterTooBroad`
 */
export async function explainRequest({
  transactor,
  passwords,
  count,
  readForm,
}: Ports): Promise<Explanation> {
  const explained = await transactor.read(async (context) => {
    if (context.caller?.isSuperuser !== true) count(context, undefined)
    assertSuperuser(context.caller)
    const form = await readForm()
    count(context, context.catalog.collections.find(form.collection))
    return planExplanation(requestOf(context, form, passwords), form)
  })
  if (!isWrite(explained.request)) return explanationOf(explained, explained.verdict)

  const verdict = await readVerdict(
    transactor.write(async (context) => {
      assertSuperuser(context.caller)
      return await planWriteVerdict(requestOf(context, await readForm(), passwords))
    }),
  )
  return explanationOf(explained, verdict)
}

/** Everything but the verdict of a write. */
interface Explained {
  readonly request: ExplainedRequest
  readonly isDraft: boolean
  readonly verdict: Verdict | undefined
  readonly hasRecord: boolean
  readonly rule: ExplainedRule
  readonly counts: Counts | undefined
}

/**
 * The request of the form.
 *
 * @throws {ApiError} `validationFailed`
 */
function requestOf(
  context: PlanContext,
  form: ExplainForm,
  passwords: Passwords,
): ExplainedRequest {
  const { catalog } = context
  const action = actions.find((known) => known === form.action)
  const stored = catalog.collections.find(form.collection)
  if (stored === undefined) throw invalid('collection', unknownValue('collection'))
  if (action === undefined) throw invalid('action', unknownValue('action'))
  const isOfAccounts = action === 'auth' || action === 'manage'
  if (isOfAccounts && stored.auth === undefined) {
    throw invalid('collection', { ...unknownValue('collection'), message: 'No auth collection.' })
  }
  const needsRecord = action !== 'list' && action !== 'create'
  if (needsRecord && form.record === '') throw invalid('record', required)

  const topic = form.topic === 'record' ? 'record' : '*'
  const { name, key } = ruleOf(action, topic)
  const account = form.auth === null ? undefined : catalog.collections.find(form.auth.collection)
  if (form.auth !== null && account?.auth === undefined) {
    throw invalid('auth', unknownValue('collection of accounts'))
  }
  const caller =
    form.auth === null || account === undefined ? undefined : callerOf(account, form.auth.id)
  const draft = form.rule ?? undefined
  const collections =
    draft === undefined
      ? catalog.collections
      : collectionsWith(catalog.collections, stored, name, draft)
  const collection = collections.find(stored.id) ?? stored
  const explained: ExplainedContext = {
    catalog: { ...catalog, collections },
    caller,
    now: context.now,
    followers: [],
    passwords: { ...noPasswords, areCommon: passwords.areCommon },
  }
  const info = infoOf(action, form)
  if (draft !== undefined) {
    const viewer = requestInfoOf(explained, info)
    const issue = draftIssue(draft, collection, collections, viewer)
    if (issue !== undefined) throw invalid('rule', issue)
  }
  return {
    context: explained,
    collection,
    action,
    ruleName: name,
    rule: collection.rules[key],
    ruleText: ruleTextOf(collection, name),
    recordId: form.record,
    info,
    body: submittedBody(form.body),
    topic,
  }
}

function invalid(field: string, issue: FieldIssue): ApiError {
  return new ApiError(commonErrors.validationFailed, { issues: { [field]: issue } })
}

function unknownValue(thing: string): FieldIssue {
  return { code: 'validation_unknown', message: `There is no such ${thing}.` }
}

function infoOf(
  action: Action,
  { query, headers, filter, sort, expand }: ExplainForm,
): RequestInfo {
  const parameters = Object.entries({ filter, sort, expand }).filter(([, text]) => text !== '')
  return guestRequest({
    context: contextOf(action),
    method: methodOf(action),
    query: { ...query, ...Object.fromEntries(parameters) },
    headers,
  })
}

/** The caller of the explained request, with a valid session. */
function callerOf(collection: Collection, recordId: string): Caller {
  return {
    collectionId: collection.id,
    collectionName: collection.name,
    recordId,
    sessionId: '',
    expiresAt: new Date(8.64e15),
    isSuperuser: isSuperusers(collection),
    isRefreshable: true,
    facts: unknownFacts,
    token: '',
    denial: undefined,
    session: async () => undefined,
  }
}

/** Hashes nothing: what an explained write would store is never seen. */
const noPasswords: PasswordHasher = {
  hash: async () => 'explained',
  verify: async () => false,
  needsUpgrade: () => false,
}

/** Plans the explanation, with the verdict of a request that reads. */
function planExplanation(request: ExplainedRequest, form: ExplainForm): Plan<Explained> {
  const { context, collection, recordId } = request
  const { caller } = context
  const account = caller && context.catalog.collections.find(caller.collectionId)
  const parts = all({
    hasAccount:
      account === undefined ? constant(true) : planExists(account, caller?.recordId ?? ''),
    hasRecord: recordId === '' ? constant(false) : planExists(collection, recordId),
    rule: planRule(request),
    counts: form.counts ? planCounts(request) : constant(undefined),
    verdict: isWrite(request) ? constant(undefined) : planReadVerdict(request),
  })
  return {
    ...map(parts, async ({ hasAccount, verdict, ...found }) => {
      if (!hasAccount) throw invalid('auth', unknownValue('account'))
      return { request, isDraft: form.rule !== null, ...found, verdict: await verdict }
    }),
    explain: (error) =>
      isExcess(error) ? new ApiError(recordErrors.filterTooBroad, { cause: error }) : undefined,
  }
}

function planExists({ name }: Collection, id: string): Query<boolean> {
  const statement = sql`SELECT 1 FROM ${sql.identifier(name)} WHERE ${columnOf(name, 'id')} = ${id}`
  return one(statement, (rows) => rows.length > 0)
}

function planRule(request: ExplainedRequest): Query<ExplainedRule> {
  const { context, rule, ruleText, action, recordId } = request
  if (rule.kind !== 'filter' || ruleText === null) return constant(unclaused)
  const { viewer, row } = questionOf(request)
  return planRuleTree({
    text: ruleText,
    filter: rule.filter,
    collections: context.catalog.collections,
    viewer,
    row,
    hasRecord: action === 'create' || recordId !== '',
    now: context.now,
  })
}

/** The caller and the row, as the rule of the request sees them. */
function questionOf(request: ExplainedRequest): { viewer: RequestInfo; row: RuleRow } {
  const { context, collection, info, body, recordId, action } = request
  if (action === 'create') return recordToCreate(context, { collection, info, body })
  const viewer =
    action === 'update'
      ? updatingViewer(context, { collection, info, body })
      : requestInfoOf(context, info)
  return { viewer, row: storedRow(collection, recordId) }
}

/** The records that the caller sees, of all. A full scan, like a list with totals. */
function planCounts({ context, collection, rule, info, action }: ExplainedRequest): Query<Counts> {
  const viewer = requestInfoOf(context, info)
  const { filter = '' } = action === 'list' ? info.query : {}
  const access = accessTo(context.catalog.collections, viewer, {
    rule,
    base: { collection, alias: collection.name },
    client: { filter, sort: '', access: viewer.isSuperuser ? 'rule' : 'client' },
    now: context.now,
    boundsRules: true,
  })
  const table = sql.identifier(collection.name)
  const visible = access.isGranted
    ? sql`(${access.with}SELECT COUNT(DISTINCT ${columnOf(collection.name, 'id')}) FROM ${table} ${access.joins} WHERE ${access.where})`
    : sql`0`
  const statement = sql`SELECT ${visible} AS "visible", (SELECT COUNT(*) FROM ${table}) AS "total"`
  return one(statement, ([row]) => ({
    visible: readNumber(row, 'visible'),
    total: readNumber(row, 'total'),
  }))
}

function explanationOf(
  { request, isDraft, hasRecord, rule, counts }: Explained,
  verdict: Verdict | undefined,
): Explanation {
  if (verdict === undefined) throw new Error('A request has no verdict.')
  const { ruleName, ruleText, context } = request
  const isMissing = request.recordId !== '' && !hasRecord
  return {
    allowed: verdict.isAllowed,
    status: verdict.status ?? null,
    message: verdict.message,
    data: verdict.data,
    refusedBy: verdict.isAllowed ? null : reasonOf(request, verdict, rule, isMissing),
    bypass: context.caller?.isSuperuser === true,
    ruleName,
    rule: ruleText,
    kind: rule.isBroken ? 'broken' : request.rule.kind,
    draft: isDraft,
    tree: isMissing && request.action !== 'create' ? null : rule.tree,
    rows: rule.rows,
    also: alsoAsked(request),
    ...(counts === undefined ? {} : { counts }),
  }
}

function reasonOf(
  { rule, context }: ExplainedRequest,
  verdict: Verdict,
  { tree, isBroken }: ExplainedRule,
  isMissing: boolean,
): RefusedBy {
  if (context.caller?.isSuperuser === true) return isMissing ? 'record' : 'request'
  if (rule.kind === 'locked') return 'locked'
  if (isMissing) return 'record'
  if (isBroken || rule.kind === 'broken') return 'broken'
  if (verdict.isRuleGuard || tree?.holds === false) return 'rule'
  return verdict.status === 200 ? 'filter' : 'request'
}

/** Other rules that the request asks. */
function alsoAsked({ context, collection, action, info, body }: ExplainedRequest): string[] {
  const isSuperuser = context.caller?.isSuperuser === true
  if (isSuperuser) return []
  const { expand = '', filter = '' } = info.query
  const { collections } = context.catalog
  const targets = parseExpand(expand, collection, { collections, isSuperuser }).flatMap(
    ({ steps }) =>
      steps.map(
        ({ key, target }) => `The viewRule of ${target.name} decides on the expanded ${key}.`,
      ),
  )
  const related = filtersThroughRelations(collection, filter)
    ? ['The filter finds related records only if their listRule allows the caller to list them.']
    : []
  const managed = ['email', 'verified', 'password'].filter((key) => Object.hasOwn(body.data, key))
  const isManaged = collection.auth !== undefined && action === 'update' && managed.length > 0
  const manage = isManaged
    ? [`The manageRule of ${collection.name} decides on ${managed.join(', ')}.`]
    : []
  return [...new Set([...targets, ...related, ...manage])]
}
