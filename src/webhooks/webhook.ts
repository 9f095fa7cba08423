import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { type ChangeType, changeTypes } from '#catalog/subscribers.ts'
import type { Row } from '#database/batch.ts'
import { webhooksTable } from '#database/schema.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { namedValues } from '#kernel/named-values.ts'

/** The forms of a body. */
export const payloadForms = ['full', 'full:64', 'thin'] as const
export type PayloadForm = (typeof payloadForms)[number]

/** A stored webhook. */
export interface Webhook {
  readonly id: string
  readonly name: string
  readonly url: string
  /** Sealed. */
  readonly secret: string
  /** Sealed. */
  readonly previousSecret: string | undefined
  /** Unix seconds. */
  readonly previousUntil: number
  readonly collectionId: string
  readonly events: readonly ChangeType[]
  readonly filter: string
  readonly fields: readonly string[]
  readonly payload: PayloadForm
  readonly isOrdered: boolean
  /** Sealed values by name. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly isEnabled: boolean
  readonly reason: string
  /** Unix seconds. */
  readonly failingSince: number | undefined
  /** Unix seconds. */
  readonly pausedUntil: number
  /** Unix seconds. */
  readonly succeeded: number | undefined
  readonly created: string
  readonly updated: string
}

const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(shape)
const optional = <T extends z.ZodType>(shape: T) =>
  shape.nullable().transform((value) => value ?? undefined)
const flag = lazy(() => z.number().transform(Boolean))

const shape = lazy(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      url: z.string(),
      secret: z.string(),
      previousSecret: optional(z.string()),
      previousUntil: z.number(),
      collectionRef: z.string(),
      events: json(z.array(z.enum(changeTypes))),
      filter: z.string(),
      fields: json(z.array(z.string())),
      payload: z.enum(payloadForms),
      ordered: flag(),
      headers: json(namedValues(z.string())),
      timeout: z.number(),
      enabled: flag(),
      reason: z.string(),
      failingSince: optional(z.number()),
      pausedUntil: z.number(),
      succeeded: optional(z.number()),
      created: z.string(),
      updated: z.string(),
    })
    .transform(({ collectionRef, ordered, timeout, enabled, ...same }): Webhook => ({
      ...same,
      collectionId: collectionRef,
      isOrdered: ordered,
      timeoutSeconds: timeout,
      isEnabled: enabled,
    })),
)

/**
 * Reads a row of `_webhooks`.
 *
 * @throws {ApiError} `unavailable` for one that no version of this code stores
 */
export function decodeWebhook(row: Row): Webhook {
  const parsed = shape().safeParse(row)
  if (!parsed.success) throw new ApiError(commonErrors.unavailable, { cause: parsed.error })
  return parsed.data
}

/** The statement that stores a new webhook. */
export function insertWebhook(webhook: Webhook): SQL {
  const values = Object.entries(columnsOf(webhook))
  const names = values.map(([name]) => sql`${sql.identifier(name)}`)
  return sql`INSERT INTO ${webhooksTable} (${sql.join(names, sql`, `)})
    VALUES (${sql.join(
      values.map(([, value]) => sql`${value}`),
      sql`, `,
    )})`
}

/** The statement that changes what a superuser sets of a webhook. */
export function updateWebhook(webhook: Webhook): SQL {
  const { id, failingSince, pausedUntil, succeeded, created, ...columns } = columnsOf(webhook)
  const assignments = Object.entries(columns).map(
    ([name, value]) => sql`${sql.identifier(name)} = ${value}`,
  )
  return sql`UPDATE ${webhooksTable} SET ${sql.join(assignments, sql`, `)} WHERE "id" = ${id}`
}

function columnsOf({
  previousSecret,
  collectionId,
  events,
  fields,
  isOrdered,
  headers,
  timeoutSeconds,
  isEnabled,
  failingSince,
  succeeded,
  ...same
}: Webhook) {
  return {
    ...same,
    previousSecret: previousSecret ?? null,
    collectionRef: collectionId,
    events: JSON.stringify(events),
    fields: JSON.stringify(fields),
    ordered: isOrdered ? 1 : 0,
    headers: JSON.stringify(headers),
    timeout: timeoutSeconds,
    enabled: isEnabled ? 1 : 0,
    failingSince: failingSince ?? null,
    succeeded: succeeded ?? null,
  }
}

/** The state as answers name it. */
export function stateOf(webhook: Webhook, now: number): 'active' | 'paused' | 'failing' | 'off' {
  if (!webhook.isEnabled) return 'off'
  if (webhook.reason !== '' || webhook.pausedUntil > now) return 'paused'
  return webhook.failingSince === undefined ? 'active' : 'failing'
}
