import { edgeOf } from '#http/network/edge.ts'

const maxLength = 100

/**
 * The location of a request, such as `Lyon, FR`; only the country if no more is known, and empty on
 * other hosts.
 */
export function placeOf(request: Request): string {
  const { city, country } = edgeOf(request)
  return [city, country].filter(Boolean).join(', ').slice(0, maxLength)
}
