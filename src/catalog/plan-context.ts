/*
 * The input of a request's plan, and the followers of its writes. A follower, such as realtime,
 * adds queries to the batch of a write and receives the changes once they are committed.
 */
import type { SQL } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import type { Plan, Query } from '#database/query.ts'
import type { Value } from '#database/value.ts'
import type { Caller } from '#http/caller.ts'
import type { RecordEvent } from '#platform/realtime.ts'
import type { Catalog } from './catalog.ts'
import type { Collection } from './collection.ts'
import type { ChangeType, Subscriber } from './subscribers.ts'

/** The input of a request's plan. */
export interface PlanContext {
  readonly catalog: Catalog
  /** The signed-in record in the token. The batch confirms it before the response. */
  readonly caller: Caller | undefined
  readonly now: Date
  readonly followers: readonly WriteFollower[]
  /** Called after the commit of a write that has added deliveries of events. */
  readonly wakeDeliveries?: (() => void) | undefined
  /** The hooks of an application. */
  readonly hooks?: PlanHooks | undefined
  /** Set where the code of an application acts, instead of a caller. */
  readonly identity?: PlanIdentity | undefined
}

/**
 * The deployment itself, which passes every rule and sees hidden fields; or an account in whose place
 * the application acts, without a session.
 */
export type PlanIdentity =
  | { readonly kind: 'deployment' }
  | { readonly kind: 'account'; readonly collection: Collection; readonly id: string }

/**
 * The hooks of an application, as plans see them. Capabilities above `catalog` add theirs to this
 * interface.
 */
export interface PlanHooks {
  /** 0 for the writes of requests and jobs; 1 more for the writes that a hook makes. */
  readonly depth: number
  /** The durable hooks for changes of a collection. */
  subscribers(collection: Collection): readonly Subscriber[]
  /** Called after the commit of a write that has added deliveries to durable hooks. */
  wake(): void
  /** True if a hook runs after such changes. */
  follows(collection: Collection, type: ChangeType): boolean
  /** Called after the commit of a plan that has changed the catalog. */
  schemaChanged(before: Catalog): void
  /** Called after the commit of a change that is followed. */
  changed(change: CommittedChange): void
}

/** A change of a record that is committed. */
export interface CommittedChange {
  readonly type: ChangeType
  readonly collection: Collection
  readonly caller: Caller | undefined
  readonly id: string
  /** The public columns by name: after a change, or before a deletion. Undefined if they are not known. */
  readonly record: Row | undefined
  /** The same before an update. */
  readonly previous: Row | undefined
}

/** Creates a plan. Throws an ApiError if the request fails without the database. */
export type Planner<T> = (context: PlanContext) => Plan<T> | Promise<Plan<T>>

/** Follows one attempt at a write. */
export interface WriteFollower {
  /** Returns a condition: true if the follower wants the changes of these topics. */
  wants(topics: readonly string[], now: Value<Date>): SQL
  /** Prepares for a deletion that may delete or update records of these collections. */
  followDeletion(
    context: PlanContext,
    collections: readonly Collection[],
  ): Promise<DeletionFollower>
  /** The last query of a batch with changes. It reads what to do with them after the commit. */
  closing(topics: readonly string[], now: Date): Query<Committed>
  /** Reports that the batch failed. Returns true if the request must be planned again. */
  failed(error: unknown, topics: readonly string[]): boolean
}

/** Receives the changes of a write after its commit. */
export type Committed = (readEvents: () => readonly RecordEvent[]) => void

/** Follows one deletion. */
export interface DeletionFollower {
  /** Reads the records before they are deleted or lose references. */
  events(deletion: PlannedDeletion): Query<unknown>
}

/** The deleted records, and those that lose references. */
export interface PlannedDeletion {
  /** The id of the record in the request, if it names one. */
  readonly first: string | undefined
  /** Starts with the collection of the request. */
  readonly leaving: readonly DeletedRecords[]
  readonly losing: readonly ChangedRecords[]
}

/** Deleted records of a collection. */
export interface DeletedRecords {
  readonly collection: Collection
  /** A query for their ids, in parentheses. */
  readonly ids: SQL
}

/** Records of a collection that lose references and stay. */
export interface ChangedRecords {
  readonly collection: Collection
  /** The collections of the deleted records they refer to. */
  readonly targets: readonly Collection[]
  readonly where: SQL
}
