/*
 * Limits that guests are under without a rule of the settings, since what they limit is open to
 * everybody and costs more than other requests do. A rule for the same tag takes their place.
 */
import type { GuestLimit } from './rate-limits.ts'

/** Lists with a filter, by client and collection: a page that searches while somebody types needs less. */
export const guestSearches: GuestLimit = { duration: 10, maxRequests: 100 }

/** New accounts, by client and collection: each costs a password's hash. */
export const guestSignUps: GuestLimit = { duration: 60, maxRequests: 20 }
