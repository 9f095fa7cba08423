/*
 * What a request is planned with, and what follows its writes. A follower, such as realtime, adds
 * queries to the batch of a write and learns of the changes once they are committed.
 */
import type { SQL } from 'drizzle-orm'
import type { Plan, Query } from '#database/query.ts'
import type { Caller } from '#http/caller.ts'
import type { RecordEvent } from '#platform/realtime.ts'
import type { Catalog } from './catalog.ts'
import type { Collection } from './collection.ts'

/** What a request is planned with. */
export interface PlanContext {
  readonly catalog: Catalog
  /** The signed-in record in the token; the batch confirms it before the request is answered. */
  readonly caller: Caller | undefined
  readonly now: Date
  readonly followers: readonly WriteFollower[]
}

/** Makes a plan; throws an ApiError for a request that is refused without asking the database. */
export type Planner<T> = (scope: PlanContext) => Plan<T> | Promise<Plan<T>>

/** Follows one attempt at a write. */
export interface WriteFollower {
  /** Returns a condition: true when the follower wants the changes under these topics. */
  wants(topics: readonly string[], now: Date): SQL
  /** Prepares for a deletion that may delete or update records of these collections. */
  followDeletion(
    context: PlanContext,
    collections: readonly Collection[],
  ): Promise<DeletionFollower>
  /** The last query of a batch with changes; it reads what to do with them after the commit. */
  closing(topics: readonly string[], now: Date): Query<Committed>
  /** Learns that the batch failed; true if the request is to be planned again. */
  failed(error: unknown, topics: readonly string[]): boolean
}

/** Takes the changes of a write after its commit. */
export type Committed = (readEvents: () => readonly RecordEvent[]) => void

/** Follows one deletion. */
export interface DeletionFollower {
  /** Reads the records before they are deleted or lose references. */
  events(deletion: PlannedDeletion): Query<unknown>
}

/** The records that a deletion deletes, and those that lose references. */
export interface PlannedDeletion {
  /** The id of the record that the request names, if it names one. */
  readonly first: string | undefined
  /** The collection that the request names comes first. */
  readonly leaving: readonly DeletedRecords[]
  readonly losing: readonly ChangedRecords[]
}

/** Records of a collection that are deleted. */
export interface DeletedRecords {
  readonly collection: Collection
  /** A query for their ids, in parentheses. */
  readonly ids: SQL
}

/** Records of a collection that lose references and stay. */
export interface ChangedRecords {
  readonly collection: Collection
  /** The collections whose deleted records they refer to. */
  readonly targets: readonly Collection[]
  readonly where: SQL
}
