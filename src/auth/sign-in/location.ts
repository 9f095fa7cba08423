import * as z from 'zod'

/** What the edge knows of where a request came from, as far as we ask. */
const location = z.object({ city: z.string().optional(), country: z.string().optional() })

const maxLength = 100

/**
 * Where a request came from, such as `Lyon, FR`; only the country when no more is known, and empty
 * on hosts that do not tell. Taken from the edge, never from the client.
 */
export function placeOf(request: Request): string {
  const { city, country } = location.safeParse(request.cf).data ?? {}
  const code = country ?? request.headers.get('CF-IPCountry') ?? ''
  // Two codes that are no countries: unknown, and Tor.
  const known = [city, code === 'XX' || code === 'T1' ? '' : code].filter(Boolean)
  return known.join(', ').slice(0, maxLength)
}
