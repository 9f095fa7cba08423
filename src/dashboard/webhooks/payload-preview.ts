import type { CollectionModel, RecordModel } from 'pocketbase'
import type { WebhookValue } from './webhook-value.ts'

const maxBytes: Readonly<Record<string, number>> = { full: 20_000, 'full:64': 64_000 }

/** The body that a webhook would send after a record was created. */
export function payloadPreview(
  { payload, fields }: Pick<WebhookValue, 'payload' | 'fields'>,
  { id, name, fields: known }: Pick<CollectionModel, 'id' | 'name' | 'fields'>,
  record: RecordModel,
): string {
  const hidden = new Set(known.filter((field) => field.hidden).map((field) => field.name))
  const kept = new Set(['id', ...fields])
  const shown = Object.entries(record).filter(
    ([key]) => !hidden.has(key) && key !== 'expand' && (fields.length === 0 || kept.has(key)),
  )
  const bodyWith = (data: object): object => ({
    type: 'record.created',
    timestamp: new Date().toISOString(),
    data: { collection: { id, name }, ...data },
  })
  const thin = { record: { id: record.id } }
  if (payload === 'thin') return inLines(bodyWith(thin))
  const full = bodyWith({ record: Object.fromEntries(shown) })
  const size = new TextEncoder().encode(JSON.stringify(full)).length
  return inLines(size <= (maxBytes[payload] ?? 0) ? full : bodyWith({ ...thin, truncated: true }))
}

function inLines(body: object): string {
  return JSON.stringify(body, null, 2)
}
