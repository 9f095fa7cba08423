import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { BodyValue, RequestInfo } from '#filter/schema.ts'

/** The part of an HTTP request, or of an element of a batch, that rules may ask about. */
export interface RequestFacts {
  /** What the request is part of: `default`, `batch`, `password`, ... */
  readonly context: string
  readonly method: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
}

/** On whose behalf records are read or written. */
export interface Viewer {
  readonly request: RequestInfo
  /** Superusers pass every rule and see hidden fields. */
  readonly isSuperuser: boolean
}

/** The caller of a scope as the viewer of its request. */
export function viewerOf({ catalog, caller }: PlanContext, facts: RequestFacts): Viewer {
  const collection = caller && catalog.collections.find(caller.collectionId)
  const auth = caller && collection && { id: caller.recordId, collection }
  return { request: { ...facts, body: {}, auth }, isSuperuser: caller?.isSuperuser === true }
}

/** A record as the viewer of its own request, whoever called; sign-in expands with its eyes. */
export function requestInfoAs(collection: Collection, id: string, facts: RequestFacts): Viewer {
  return {
    request: { ...facts, body: {}, auth: { id, collection } },
    isSuperuser: isSuperusers(collection),
  }
}

/** The same viewer, with a body that rules may ask about. */
export function withBody(viewer: Viewer, body: Readonly<Record<string, BodyValue>>): Viewer {
  return { ...viewer, request: { ...viewer.request, body } }
}
