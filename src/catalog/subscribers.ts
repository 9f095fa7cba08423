/*
 * The subscribers to changes of records that must not be lost. They are part of the catalog, so a
 * write knows without the database whether to record an event.
 */
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { webhooksTable } from '#database/schema.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'

/** The kinds of changes. */
export const changeTypes = ['created', 'updated', 'deleted'] as const
export type ChangeType = (typeof changeTypes)[number]

/** A subscriber to changes of a collection. */
export interface Subscriber {
  /** The endpoint of its deliveries. */
  readonly id: string
  readonly collectionId: string
  readonly events: readonly ChangeType[]
  /** An expression of the filter language; empty for all changes. */
  readonly filter: string
  /** True if changes of one record arrive in order. */
  readonly isOrdered: boolean
}

/** The endpoint of a durable hook of an application, whose deliveries are calls of its function. */
export function hookEndpoint(collection: string, name: string): string {
  return `hook:${collection}:${name}`
}

/** The endpoint of a task of an application. */
export function taskEndpoint(name: string): string {
  return `task:${name}`
}

/** True for the endpoint of a task. */
export function isTaskEndpoint(endpoint: string): boolean {
  return endpoint.startsWith('task:')
}

/** True for an endpoint that is a function of the application, and not a webhook. */
export function isFunctionEndpoint(endpoint: string): boolean {
  return endpoint.startsWith('hook:') || isTaskEndpoint(endpoint)
}

/** The enabled subscribers, as JSON, in one expression. */
export const selectSubscribers: SQL = sql`(SELECT json_group_array(json_object('id', "id",
  'collectionId', "collectionRef", 'events', json("events"), 'filter', "filter", 'isOrdered', "ordered"))
  FROM ${webhooksTable} WHERE "enabled" = 1)`

const shape = lazy(() =>
  z.array(
    z.object({
      id: z.string(),
      collectionId: z.string(),
      events: z.array(z.enum(changeTypes)),
      filter: z.string(),
      isOrdered: z.number().transform(Boolean),
    }),
  ),
)

/**
 * Reads the subscribers, by the id of their collection.
 *
 * @throws {ApiError} `unavailable` for a value that no version of this code stores
 */
export function decodeSubscribers(stored: unknown): ReadonlyMap<string, readonly Subscriber[]> {
  const parsed = shape().safeParse(JSON.parse(typeof stored === 'string' ? stored : '[]'))
  if (!parsed.success) throw new ApiError(commonErrors.unavailable, { cause: parsed.error })
  return Map.groupBy(parsed.data, ({ collectionId }) => collectionId)
}
