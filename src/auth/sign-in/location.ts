import * as z from 'zod'

/** The edge's location data, limited to what we use. */
const location = z.object({ city: z.string().optional(), country: z.string().optional() })

const maxLength = 100

/**
 * The location of a request, such as `Lyon, FR`; only the country if no more is known, and empty on
 * other hosts. It comes from the edge, never from the client.
 */
export function placeOf(request: Request): string {
  const { city, country } = location.safeParse(request.cf).data ?? {}
  const code = country ?? request.headers.get('CF-IPCountry') ?? ''
  // Two codes that are not countries: unknown, and Tor.
  const known = [city, code === 'XX' || code === 'T1' ? '' : code].filter(Boolean)
  return known.join(', ').slice(0, maxLength)
}
