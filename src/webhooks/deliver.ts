import type { Catalog } from '#catalog/catalog.ts'
import type { Transactor } from '#catalog/transact.ts'
import { runBatch } from '#database/batch.ts'
import { one } from '#database/query.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { Database } from '#platform/bindings.ts'
import type { WebhookAnswer, WebhookSender } from '#platform/webhook-sender.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import {
  type Claim,
  claimDue,
  noteDone,
  noteFailed,
  noteUnreadable,
  type Outcome,
  pauseEndpoint,
  readClaims,
  readEvent,
  release,
  roundSize,
  turnOff,
} from './claims.ts'
import { deliveryBody } from './delivery-body.ts'
import { ownHosts } from './own-hosts.ts'
import { delaySeconds, retryAfterSeconds } from './schedule.ts'
import { signedHeaders } from './signature.ts'
import { isOn, type OffReason, tellOfTurningOff } from './superuser-mails.ts'
import { targetFault } from './target.ts'
import { decodeWebhook, type Webhook } from './webhook.ts'
import { openSecrets, type OpenedSecrets } from './webhook-secrets.ts'

/** Dependencies of webhook delivery. */
export interface DeliveryPorts {
  readonly db: Database
  readonly transactor: Transactor
  readonly sender: WebhookSender
  readonly keys: SettingsKeys
  /** True in local development. */
  readonly isLocal: boolean
}

/** While its secrets cannot be opened, an endpoint is tried once an hour. */
const keyPauseSeconds = 60 * 60

/** Answers by which a receiver asks for fewer requests. */
const overloaded: readonly (number | undefined)[] = [429, 502, 504]
const gone = 410

/**
 * Delivers due events to webhooks, until none is due or the time is over. One that fails is tried
 * again later. Several isolates may deliver at once.
 *
 * Database: 1 batch to claim six, and 1 to note each.
 *
 * @param milliseconds no new round starts after them; 0 for one round
 * @returns true if more may be due
 */
export async function deliverWebhooks(
  ports: DeliveryPorts,
  milliseconds: number,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  let isFull: boolean
  do {
    const { claims, catalog } = await claimRound(ports)
    await Promise.all(claims.map((claim) => deliver(ports, catalog, claim)))
    if (claims.length === 0) return false
    isFull = claims.length === roundSize
  } while (Date.now() < deadline)
  return isFull
}

async function claimRound({ transactor }: DeliveryPorts) {
  return await transactor.write(({ catalog, now }) =>
    one(claimDue(unixSeconds(now)), (rows) => ({ catalog, claims: readClaims(rows) })),
  )
}

/** A failure while noting is left to the next claim. */
async function deliver(ports: DeliveryPorts, catalog: Catalog, claim: Claim): Promise<void> {
  try {
    await attempt(ports, catalog, claim)
  } catch (error) {
    logWebhook('could not note the outcome of a delivery, and will repeat it', claim, error)
  }
}

async function attempt(ports: DeliveryPorts, catalog: Catalog, claim: Claim): Promise<void> {
  const { db, keys } = ports
  const started = unixSeconds(new Date())
  let webhook: Webhook
  let body: string
  try {
    webhook = decodeWebhook(JSON.parse(claim.webhook ?? '{}') as Record<string, unknown>)
    body = deliveryBody(catalog.collections, readEvent(claim.event), webhook)
  } catch (error) {
    logWebhook('gave up a delivery that cannot be read', claim, error)
    const reason = error instanceof Error ? error.message : ''
    await runBatch(db, noteUnreadable(claim, `unreadable: ${reason.slice(0, 200)}`, started))
    return
  }
  const secrets = await openSecrets(keys, webhook, started)
  if (secrets === undefined) {
    logWebhook('waits: no key opens the secrets of a webhook', claim)
    const due = started + keyPauseSeconds
    await runBatch(db, [release(claim, due), pauseEndpoint(webhook.id, due, 'key')])
    return
  }
  const sent = await send(ports, catalog, { webhook, secrets, id: claim.id, body })
  await runBatch(db, notesOf(catalog, claim, webhook, sent))
}

/** A message for a webhook. */
export interface Message {
  readonly webhook: Pick<Webhook, 'url' | 'timeoutSeconds'>
  readonly secrets: OpenedSecrets
  /** The `webhook-id`. */
  readonly id: string
  readonly body: string
}

/** The outcome of sending, and how long the receiver wants to be left alone. */
export interface Sent extends Outcome {
  readonly retryAfter: number | undefined
}

/** Sends a message once. Never throws. */
export async function send(
  { sender, isLocal }: Pick<DeliveryPorts, 'sender' | 'isLocal'>,
  { settings }: Pick<Catalog, 'settings'>,
  { webhook, secrets, id, body }: Message,
): Promise<Sent> {
  const started = performance.now()
  const failed = (error: string): Sent => ({
    status: undefined,
    error,
    answer: '',
    tookMs: performance.now() - started,
    retryAfter: undefined,
  })
  const fault = targetFault(webhook.url, { isLocal, ownHosts: ownHosts(settings) })
  if (fault !== undefined) return failed(`refused: ${fault.message}`)
  const now = new Date()
  try {
    const answer = await sender.send({
      url: webhook.url,
      headers: {
        ...secrets.headers,
        'Content-Type': 'application/json',
        'User-Agent': 'Arete-Webhooks',
        ...(await signedHeaders({ id, timestamp: unixSeconds(now), body }, secrets.signing)),
      },
      body,
      timeoutSeconds: webhook.timeoutSeconds,
    })
    return outcomeOf(answer, performance.now() - started, now)
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    if (isTimeout) return failed(`no answer within ${webhook.timeoutSeconds} s`)
    return failed(error instanceof Error ? error.message.slice(0, 200) : 'failed')
  }
}

function outcomeOf(
  { status, retryAfter, excerpt }: WebhookAnswer,
  tookMs: number,
  now: Date,
): Sent {
  const isSuccess = status >= 200 && status < 300
  const isRedirect = status >= 300 && status < 400
  return {
    status,
    error: isSuccess ? '' : isRedirect ? 'redirects are not followed' : `status ${status}`,
    answer: isSuccess ? '' : excerpt,
    tookMs,
    retryAfter: retryAfterSeconds(retryAfter, now),
  }
}

/** The statements that note what became of an attempt. */
function notesOf({ settings }: Catalog, claim: Claim, webhook: Webhook, sent: Sent) {
  const now = unixSeconds(new Date())
  if (sent.error === '') return noteDone(claim, sent, now)

  const delay = delaySeconds(claim.round)
  const next = delay === undefined ? undefined : now + Math.max(delay, sent.retryAfter ?? 0)
  const notes = noteFailed(claim, sent, now, next)
  const isHopeless = now - (webhook.failingSince ?? now) >= settings.arete.webhooks.turnOffAfter
  const off = (reason: OffReason) => [
    ...notes,
    tellOfTurningOff(settings, webhook, reason, isOn(webhook.id)),
    ...turnOff(webhook.id, reason, now),
  ]
  if (sent.status === gone) return off('gone')
  if (isHopeless) return off('failing')
  const isOverloaded = overloaded.includes(sent.status) && next !== undefined
  return isOverloaded ? [...notes, pauseEndpoint(webhook.id, next)] : notes
}

/** Logs a delivery. URLs may hold secrets and are not logged. */
function logWebhook(message: string, { id, endpoint, attempts }: Claim, error?: unknown): void {
  const reason = error instanceof Error ? { reason: error.message } : {}
  // oxlint-disable-next-line no-console -- there is no response to report it in
  console.warn({ webhook: message, delivery: id, endpoint, attempts, ...reason })
}
