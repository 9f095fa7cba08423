import type { Collection } from '#catalog/collection.ts'
import { guestSignUps } from '#limits/guest-limits.ts'
import type { RateTarget } from '#limits/rate-limits.ts'

/** The rate limit tags of a write. A guest who creates an account signs up. */
export function writeTarget(
  collection: Collection,
  tag: 'create' | 'update' | 'delete',
): RateTarget {
  const isSignUp = tag === 'create' && collection.auth !== undefined
  return { collection, tags: [tag], guestLimit: isSignUp ? guestSignUps : undefined }
}
