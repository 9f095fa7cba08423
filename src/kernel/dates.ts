/** A moment as PocketBase writes it, `YYYY-MM-DD HH:MM:SS.mmmZ`, in UTC. Sorts as text by time. */
export function formatDate(date: Date): string {
  return date.toISOString().replace('T', ' ')
}

/** A moment in whole Unix seconds, the one that has begun. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
