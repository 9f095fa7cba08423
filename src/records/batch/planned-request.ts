import type { SQL } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Projection } from '#http/projection.ts'
import type { ApiError } from '#kernel/errors.ts'
import type { RecordWrite } from '#records/write/record-write.ts'

/** A planned request of a batch, or what it is refused with before the database is asked. */
export type PlannedRequest =
  | {
      readonly collection: Collection
      readonly write: RecordWrite
      /** What is answered of the record; undefined for all of it. */
      readonly projection: Projection | undefined
    }
  | { readonly refusal: ApiError }

/** The statements of all requests, in order. */
export function statementsOf(planned: readonly PlannedRequest[]): SQL[] {
  return planned.flatMap((item) => ('write' in item ? [...item.write.statements] : []))
}
