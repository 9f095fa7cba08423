/*
 * The hooks of an application that change a record as it is shown. Code of the deployment itself sees
 * records as they are stored, and a message of realtime is enriched for each of its receivers.
 */
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { noteFields } from '#http/etag.ts'
import type { Enrich, Viewer } from '#platform/enrich.ts'
import type { RecordJson } from './record-shape.ts'

/** Contexts in which records are read for other code, not for a client. */
const inner: ReadonlySet<string> = new Set(['system', 'realtime'])

/** Enriches a record that is about to be shown, in place. */
export function enrichRecord(
  enrich: Enrich,
  json: Record<string, unknown>,
  viewer: Viewer,
): RecordJson {
  if (inner.has(viewer.context)) return json
  const fields = Object.keys(json)
  enrich(json, viewer)
  noteFields(json, fields)
  return json
}

/** A copy of a record, and of everything expanded from it, as a viewer is shown it. */
export function enrichedCopy(
  collections: CollectionSet,
  collection: Collection | undefined,
  record: RecordJson,
  viewer: Viewer,
): RecordJson {
  const copy = structuredClone(record) as Record<string, unknown>
  enrichTree(collections, collection, copy, viewer)
  return copy
}

function enrichTree(
  collections: CollectionSet,
  collection: Collection | undefined,
  record: Record<string, unknown>,
  viewer: Viewer,
): void {
  const expand = (record['expand'] ?? {}) as Record<string, ExpandedRecord | ExpandedRecord[]>
  for (const related of Object.values(expand).flat()) {
    enrichTree(collections, collections.find(related.collectionId), related, viewer)
  }
  collection?.enrich?.(record, viewer)
}

type ExpandedRecord = Record<string, unknown> & { readonly collectionId: string }
