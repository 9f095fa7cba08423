/*
 * Creating, changing and deleting webhooks. Each changes the catalog, which holds the subscribers.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { ChangeType } from '#catalog/subscribers.ts'
import { abortUnless } from '#database/abort.ts'
import { all, map, one, type Plan, type Query } from '#database/query.ts'
import { readNumber } from '#database/read-number.ts'
import { raiseRevision } from '#database/revision.ts'
import { deliveriesTable, webhooksTable } from '#database/schema.ts'
import { assertValid } from '#go-compat/validation-rules.ts'
import { formatDate, unixSeconds } from '#kernel/dates.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { newId } from '#kernel/random.ts'
import { type SettingsKeys, secretMisdirected } from '#settings/secrets.ts'
import { webhookErrors } from './errors.ts'
import { newSecret } from './signature.ts'
import type { TargetContext } from './target.ts'
import {
  decodeWebhook,
  insertWebhook,
  type PayloadForm,
  stateOf,
  updateWebhook,
  type Webhook,
} from './webhook.ts'
import { type WebhookForm, webhookIssues } from './webhook-form.ts'
import { hiddenValue, sealHeaders, sealSigningSecret } from './webhook-secrets.ts'

const maxWebhooks = 50
const limitReached = 'arete:webhook-limit'

/** The context of a change. */
export interface ManageContext extends Pick<PlanContext, 'catalog' | 'now'> {
  readonly keys: SettingsKeys
  readonly target: TargetContext
}

/** Selects a webhook by its id; fails with `notFound` if there is none. */
export function selectWebhook(id: string): Query<Webhook> {
  return one(sql`SELECT * FROM ${webhooksTable} WHERE "id" = ${id}`, ([row]) => {
    if (row === undefined) throw new ApiError(commonErrors.notFound)
    return decodeWebhook(row)
  })
}

/** Selects all webhooks as answers show them. */
export function selectWebhooks(context: Pick<PlanContext, 'catalog' | 'now'>) {
  return withCounts(
    context,
    one(sql`SELECT * FROM ${webhooksTable} ORDER BY "created", "id"`, (rows) =>
      rows.map(decodeWebhook),
    ),
  )
}

/** The same for one webhook. */
export function selectWebhookJson(context: Pick<PlanContext, 'catalog' | 'now'>, id: string) {
  const found = withCounts(
    context,
    map(selectWebhook(id), (webhook) => [webhook]),
  )
  return map(found, ([json]) => json)
}

/** Plans the creation of a webhook. The secret is in no later answer. */
export async function planCreateWebhook(
  context: ManageContext,
  form: WebhookForm,
): Promise<Plan<unknown>> {
  const { catalog, now, keys, target } = context
  const refusal = webhookErrors.createFailed
  assertValid(webhookIssues(form, catalog, target), refusal)
  const id = newId()
  const secret = newSecret()
  const webhook: Webhook = {
    ...submitted(context, form),
    id,
    secret: await sealSigningSecret(keys, id, secret, refusal),
    headers: await sealHeaders(keys, { id, url: form.url }, form.headers, new Map(), refusal),
    previousSecret: undefined,
    previousUntil: 0,
    reason: '',
    failingSince: undefined,
    pausedUntil: 0,
    succeeded: undefined,
    created: formatDate(now),
    updated: formatDate(now),
  }
  const isRoom = sql`(SELECT count(*) FROM ${webhooksTable}) < ${maxWebhooks}`
  return {
    statements: [abortUnless(isRoom, limitReached), insertWebhook(webhook), raiseRevision],
    changesCatalog: true,
    errorFor: () => new ApiError(webhookErrors.tooMany),
    read: () => ({ ...webhookJson(context, webhook, noCounts), secret }),
  }
}

/** Plans a change of a webhook as it was read. Switching it on clears its failures. */
export async function planUpdateWebhook(
  context: ManageContext,
  stored: Webhook,
  form: WebhookForm,
): Promise<Plan<unknown>> {
  const { catalog, now, keys, target } = context
  const refusal = webhookErrors.updateFailed
  assertValid(webhookIssues(form, catalog, target), refusal)
  const isMoved = new URL(form.url).host !== new URL(stored.url).host
  const kept = Object.entries(form.headers).filter(
    ([name, value]) => value === hiddenValue && Object.hasOwn(stored.headers, name),
  )
  if (isMoved && kept.length > 0) {
    const issues = Object.fromEntries(kept.map(([name]) => [name, secretMisdirected]))
    throw new ApiError(refusal, { issues: { headers: issues } })
  }
  const place = { id: stored.id, url: form.url }
  const values = new Map(Object.entries(stored.headers))
  const isRestarted = form.enabled && !stored.isEnabled
  const webhook: Webhook = {
    ...stored,
    ...submitted(context, form),
    headers: await sealHeaders(keys, place, form.headers, values, refusal),
    reason: isRestarted || isMoved ? '' : stored.reason,
    updated: formatDate(now),
  }
  const statements = [updateWebhook(webhook), raiseRevision]
  if (isRestarted || isMoved) statements.push(clearFailures(stored.id))
  const shown = selectWebhookJson(context, stored.id)
  return {
    statements: [...statements, ...shown.statements],
    changesCatalog: true,
    read: (rows) => shown.read(rows.slice(statements.length)),
  }
}

/** The form that says the same as a stored webhook, with its headers hidden. */
export function formOf({ collections }: PlanContext['catalog'], webhook: Webhook): WebhookForm {
  const { name, url, collectionId, events, filter, fields, payload, headers } = webhook
  return {
    name,
    url,
    collection: collections.find(collectionId)?.name ?? collectionId,
    events: [...events],
    filter,
    fields: [...fields],
    payload,
    ordered: webhook.isOrdered,
    headers: hidden(headers),
    timeout: webhook.timeoutSeconds,
    enabled: webhook.isEnabled,
  }
}

/** Plans the deletion of a webhook with its deliveries. */
export function planDeleteWebhook(id: string): Plan<null> {
  const found = selectWebhook(id)
  return {
    statements: [
      ...found.statements,
      sql`DELETE FROM ${deliveriesTable} WHERE "endpoint" = ${id}`,
      sql`DELETE FROM ${webhooksTable} WHERE "id" = ${id}`,
      raiseRevision,
    ],
    changesCatalog: true,
    read: (rows) => {
      found.read(rows)
      return null
    },
  }
}

/** Plans a new secret. The present one signs too until it is `keepSeconds` old. */
export async function planRotate(
  { keys, now }: ManageContext,
  id: string,
  keepSeconds: number,
): Promise<Plan<unknown>> {
  const secret = newSecret()
  const sealed = await sealSigningSecret(keys, id, secret, webhookErrors.updateFailed)
  return one(
    sql`UPDATE ${webhooksTable} SET "previousSecret" = "secret", "previousUntil" = ${unixSeconds(now) + keepSeconds},
      "secret" = ${sealed}, "updated" = ${formatDate(now)} WHERE "id" = ${id} RETURNING "id"`,
    ([row]) => {
      if (row === undefined) throw new ApiError(commonErrors.notFound)
      return { secret }
    },
  )
}

function clearFailures(id: string): SQL {
  return sql`UPDATE ${webhooksTable} SET "failingSince" = NULL, "isReported" = 0, "pausedUntil" = 0 WHERE "id" = ${id}`
}

function submitted({ catalog }: Pick<PlanContext, 'catalog'>, form: WebhookForm) {
  const { name, url, filter, fields, payload, events } = form
  return {
    name,
    url,
    filter,
    fields,
    // The form was validated.
    payload: payload as PayloadForm,
    events: [...new Set(events)] as ChangeType[],
    collectionId: catalog.collections.find(form.collection)?.id ?? form.collection,
    isOrdered: form.ordered,
    timeoutSeconds: Math.round(form.timeout),
    isEnabled: form.enabled,
  }
}

/** Deliveries by state. */
interface Counts {
  readonly waiting: number
  readonly dead: number
  readonly paused: number
}

const noCounts: Counts = { waiting: 0, dead: 0, paused: 0 }

function withCounts(
  context: Pick<PlanContext, 'catalog' | 'now'>,
  webhooks: Query<readonly Webhook[]>,
) {
  const counts = one(
    sql`SELECT "endpoint", count(*) FILTER (WHERE "state" = 'waiting') AS "waiting",
      count(*) FILTER (WHERE "state" = 'dead') AS "dead", count(*) FILTER (WHERE "state" = 'paused') AS "paused"
      FROM ${deliveriesTable} GROUP BY "endpoint"`,
    (rows) =>
      new Map(
        rows.map((row) => [
          String(row['endpoint']),
          {
            waiting: readNumber(row, 'waiting'),
            dead: readNumber(row, 'dead'),
            paused: readNumber(row, 'paused'),
          },
        ]),
      ),
  )
  return map(all({ webhooks, counts }), (found) =>
    found.webhooks.map((webhook) =>
      webhookJson(context, webhook, found.counts.get(webhook.id) ?? noCounts),
    ),
  )
}

/** A webhook in answers, without secrets. */
function webhookJson(
  { catalog, now }: Pick<PlanContext, 'catalog' | 'now'>,
  webhook: Webhook,
  counts: Counts,
) {
  const { id, reason, failingSince, succeeded, created, updated } = webhook
  return {
    id,
    ...formOf(catalog, webhook),
    collectionId: webhook.collectionId,
    state: stateOf(webhook, unixSeconds(now)),
    reason,
    failingSince: dateOf(failingSince),
    lastSuccess: dateOf(succeeded),
    ...counts,
    created,
    updated,
  }
}

/** A moment in Unix seconds as answers show it; empty for none. */
export function dateOf(seconds: number | undefined): string {
  return seconds === undefined ? '' : formatDate(new Date(seconds * 1000))
}

function hidden(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, hiddenValue]))
}
