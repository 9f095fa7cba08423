import type { Webhook, WebhookBody } from '#dashboard/api/webhooks.ts'

/** A header as it is edited. */
export interface HeaderRow {
  readonly name: string
  readonly value: string
}

/** A webhook as it is edited. */
export interface WebhookValue extends Omit<WebhookBody, 'headers' | 'timeout'> {
  readonly headers: readonly HeaderRow[]
  /** As it was typed. */
  readonly timeout: string
}

/** The kinds of changes, as the API names them. */
export const changeTypes = ['created', 'updated', 'deleted'] as const

/** A new webhook of a collection. */
export function newWebhook(collection: string): WebhookValue {
  return {
    name: '',
    url: '',
    collection,
    events: [...changeTypes],
    filter: '',
    fields: [],
    payload: 'full',
    ordered: false,
    headers: [],
    timeout: '15',
    enabled: true,
  }
}

/** A stored webhook, to edit it. */
export function valueOf(webhook: Webhook): WebhookValue {
  const { name, url, collection, events, filter, fields, payload, ordered, enabled } = webhook
  return {
    name,
    url,
    collection,
    events,
    filter,
    fields,
    payload,
    ordered,
    headers: Object.entries(webhook.headers).map(([header, value]) => ({ name: header, value })),
    timeout: String(webhook.timeout),
    enabled,
  }
}

/** The body that stores a webhook. A timeout that is no number is sent as 0, which the server refuses. */
export function bodyOf({ headers, timeout, ...rest }: WebhookValue): WebhookBody {
  const named = headers.filter(({ name, value }) => name !== '' || value !== '')
  return {
    ...rest,
    url: rest.url.trim(),
    headers: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value])),
    timeout: /^\d+$/.test(timeout.trim()) ? Number(timeout) : 0,
  }
}

/** The parts of a form that may be kept in the browser: headers often hold secrets. */
export function withoutHeaders({ headers: _, ...rest }: WebhookValue): Partial<WebhookValue> {
  return rest
}
