import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { CollectionSet, Collection } from '#catalog/collection.ts'
import { publicFields } from '#catalog/record-events.ts'
import type { Row } from '#database/batch.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { byteLength } from '#kernel/text.ts'
import { type RecordJson, snapshotJson } from '#records/read/record-shape.ts'
import type { PayloadForm } from './webhook.ts'

/** An event as stored: columns as JSON texts. */
export const storedEvent = lazy(() =>
  z.object({
    type: z.string(),
    collectionRef: z.string(),
    recordRef: z.string(),
    columns: z.string(),
    record: z.string().nullable(),
    previous: z.string().nullable(),
    actor: z.string().nullable(),
    at: z.number(),
  }),
)

export type StoredEvent = z.output<ReturnType<typeof storedEvent>>

/** The settings of a webhook about its bodies. */
export interface BodyForm {
  readonly payload: PayloadForm
  /** Names of fields; empty for all. */
  readonly fields: readonly string[]
}

const maxBytes = 20_000
const maxBytesIfAsked = 64_000

/** Sees what all who may see a record see, and every address. */
const receiver: RequestInfo = {
  context: 'webhook',
  method: '',
  query: {},
  headers: {},
  body: {},
  auth: undefined,
  isSuperuser: false,
}

/**
 * The body that tells a webhook of an event, without hidden fields and secrets. If it is too large
 * it has only the id of the record.
 *
 * @throws {Error} If the collection is gone, or the event is not one that this code has written.
 */
export function deliveryBody(
  collections: CollectionSet,
  event: StoredEvent,
  form: BodyForm,
): string {
  const collection = collections.find(event.collectionRef)
  if (collection === undefined) throw new Error('The collection does not exist any more.')
  const before = rowOf(collection, event, event.previous)
  const after = rowOf(collection, event, event.record)
  const changed = before && after && changedFields(collection, before, after)
  const facts = {
    collection: { id: collection.id, name: collection.name },
    ...(event.actor !== null && { actor: JSON.parse(event.actor) as unknown }),
  }
  const bodyWith = (data: object): string =>
    JSON.stringify({
      type: `record.${event.type}`,
      timestamp: new Date(event.at).toISOString(),
      data: { ...facts, ...data },
    })
  const thin = { record: { id: event.recordRef }, ...(changed && { changed }) }
  if (form.payload === 'thin') return bodyWith(thin)
  const limit = form.payload === 'full:64' ? maxBytesIfAsked : maxBytes
  const full =
    after &&
    bodyWith({
      record: shown(collection, after, form),
      ...(changed && { changed }),
      ...(before && { previous: shown(collection, before, form) }),
    })
  return full !== undefined && byteLength(full) <= limit
    ? full
    : bodyWith({ ...thin, truncated: true })
}

/** The columns by the present names of their fields; undefined if they were too large to keep. */
export function rowOf(
  collection: Collection,
  { columns, recordRef }: StoredEvent,
  stored: string | null,
): Row | undefined {
  if (stored === null) return undefined
  const ids = z.array(z.string()).parse(JSON.parse(columns))
  const values = z.array(z.unknown()).parse(JSON.parse(stored))
  const names = new Map(collection.fields.map(({ name, definition }) => [definition.id, name]))
  const row = ids.flatMap((id, index) => {
    const name = names.get(id)
    return name === undefined ? [] : [[name, values[index]] as const]
  })
  return dictionary<unknown>([...row, ['id', recordRef]])
}

function changedFields(collection: Collection, before: Row, after: Row): string[] {
  return publicFields(collection)
    .filter(({ hidden, name }) => !hidden && before[name] !== after[name])
    .map(({ name }) => name)
}

function shown(collection: Collection, row: Row, { fields }: BodyForm): RecordJson {
  const json = snapshotJson(collection, row, receiver, true)
  if (fields.length === 0) return json
  const kept = new Set(['id', ...fields])
  return dictionary(Object.entries(json).filter(([name]) => kept.has(name)))
}
