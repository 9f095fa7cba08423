import type { Collection } from '#catalog/collection.ts'
import type { Projection } from '#http/projection.ts'
import type { ApiError } from '#kernel/errors.ts'
import type { RecordWrite } from '#records/write/record-write.ts'

/** A planned request of a batch, or its error before the database is queried. */
export type PlannedRequest =
  | {
      readonly collection: Collection
      /** The id of its record. */
      readonly id: string
      readonly write: RecordWrite
      /** The part of the record to return; undefined for all of it. */
      readonly projection: Projection | undefined
    }
  | { readonly refusal: ApiError }

/** A planned request that is a write. */
export type PlannedWrite = Extract<PlannedRequest, { readonly write: RecordWrite }>

/** The writes among the requests, in order. */
export function writesOf(planned: readonly PlannedRequest[]): PlannedWrite[] {
  return planned.filter((item) => 'write' in item)
}
