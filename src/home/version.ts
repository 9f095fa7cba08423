/** The version of Arete, which package.json has too. */
export const areteVersion = '0.1.0'

/** The version of PocketBase whose API this is. */
export const pocketbaseVersion = '0.39'

/**
 * Additions to PocketBase's API that clients may look for, instead of a version: they tell strangers
 * nothing that a request would not.
 */
export const features: readonly string[] = [
  'functions',
  'idempotency',
  'openapi',
  'preconditions',
  'schema',
  'second-factors',
  'webhooks',
]
