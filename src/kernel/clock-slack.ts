/**
 * A stored time this many seconds further ahead than it could be was written by a clock that has been
 * set back since, and counts as past. The clocks of isolates, and requests under way, differ by less.
 */
export const clockSlackSeconds = 3600
