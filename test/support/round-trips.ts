import type { Answer } from './test-app.ts'

/** `Server-Timing`, without its syntax: `1 batch, 1 read, 0 writes`. */
export function tripsOf({ headers }: Answer): string {
  const descriptions = headers.get('Server-Timing')?.matchAll(/desc="([^"]*)"/g) ?? []
  return [...descriptions].map(([, text]) => text).join(', ')
}
