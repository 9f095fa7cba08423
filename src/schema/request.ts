import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { namedValues } from '#kernel/named-values.ts'
import type { CollectionBody } from '#collections/draft-definition.ts'

/** The phases of a push: additions first, removals and closings when no old code is left. */
export const phases = ['all', 'expand', 'contract'] as const

/** The treatment of what has changed since the last push. */
export const driftModes = ['', 'keep', 'overwrite'] as const

/** The origins that a plan can have. */
export const planSources = ['push', 'dashboard', 'restore'] as const

/** The shape of a request for a plan. */
export const planShape = lazy(() =>
  z.object({
    collections: z.array(namedValues(z.unknown())).default([]),
    deleteMissing: z.boolean().default(false),
    renames: namedValues(z.string()).default({}),
    allow: z.array(z.string()).default([]),
    phase: z.string().default('all'),
    drift: z.string().default(''),
    source: z.string().default('push'),
  }),
)

/** The shape of a request to apply a plan. */
export const applyShape = lazy(() => planShape().extend({ revision: z.number().default(0) }))

/** The definitions to reach, and how. */
export interface SchemaRequest {
  /** Complete definitions: an option that is missing has its default, a field is dropped. */
  readonly collections: readonly CollectionBody[]
  /** Drops the collections that are not named, except for system collections. */
  readonly deleteMissing: boolean
  /** New names by old ones: of `posts`, or of `posts.title`. */
  readonly renames: Readonly<Record<string, string>>
  /** The changes that may lose something, such as `drop:posts.title`. */
  readonly allow: readonly string[]
  readonly phase: (typeof phases)[number]
  readonly drift: (typeof driftModes)[number]
  /** `push` for code. From the dashboard, ids decide and missing options keep their values. */
  readonly source: (typeof planSources)[number]
}
