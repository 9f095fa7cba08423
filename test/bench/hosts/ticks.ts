import type { Load } from '../load/load.ts'

/** The topic of the changes that subscribers listen to. */
export const tickTopic = 'ticks/*'

/** The request for a change that differs from all others by its number. */
export function tickLoad(origin: string, number: number): Load {
  return {
    url: `${origin}/api/collections/ticks/records`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ views: number }),
  }
}

/** A part of that change's event, and of no other. */
export function tickText(number: number): string {
  return `"views":${number}`
}
