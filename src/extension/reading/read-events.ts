import type { CallerAccount } from '#extension/arete.ts'
import type { BoundFilter } from '#extension/filter-text.ts'
import type { Records } from '#extension/records.ts'

/** A list or a view, before it is read. */
interface BeforeReadEvent {
  /** The name of the collection. */
  readonly collection: string
  /** The account that reads; undefined for a guest. */
  readonly caller: CallerAccount | undefined
  /** The parameters of the request. */
  readonly query: Readonly<Record<string, string>>
  /** The time of the request. */
  readonly now: Date
  /**
   * Shows only records for which a condition holds, too, to every caller. It is in the language of rules,
   * so it can name the caller as `@request.auth.id`; other values are placeholders.
   */
  require(filter: string, params?: BoundFilter['params']): void
  /** Reads records as the deployment. */
  read(collection: string): Pick<Records, 'list' | 'first' | 'get' | 'count'>
}

/** A list, before it is read. */
export interface BeforeListEvent extends BeforeReadEvent {
  readonly page: number
  /** The number of records of a page. A hook can lower it. */
  perPage: number
  /** The filter of the client. */
  readonly filter: string
  readonly sort: string
}

/** A view of one record, before it is read. */
export interface BeforeViewEvent extends BeforeReadEvent {
  /** The id of the record. */
  readonly id: string
}
