/*
 * Default limits for guests, because these requests are open to all clients and cost more than
 * others. A rule in the settings for the same tag replaces them.
 */
import type { GuestLimit } from './rate-limits.ts'

/**
 * Lists with a filter, by client and collection. A page that searches as the user types needs
 * fewer.
 */
export const guestSearches: GuestLimit = { duration: 10, maxRequests: 100 }

/** New accounts, by client and collection: each costs a password's hash. */
export const guestSignUps: GuestLimit = { duration: 60, maxRequests: 20 }

/** Attempts to make the first superuser, by client: a person mistypes a password a few times. */
export const guestSetups: GuestLimit = { duration: 600, maxRequests: 5 }
