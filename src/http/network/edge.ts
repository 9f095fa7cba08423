import * as z from 'zod'

/** The edge’s data about a request, limited to the keys that we use. */
const edge = z.object({
  colo: z.string().optional(),
  city: z.string().optional(),
  country: z.string().optional(),
})

/** The data centre that took a request, and where it came from. Unknown values are empty. */
export interface Edge {
  readonly colo: string
  readonly city: string
  readonly country: string
}

/** Codes that are not countries: unknown, and Tor. */
const noCountry = new Set(['XX', 'T1'])

/** Reads what the edge says of a request. It comes from the edge, never from the client. */
export function edgeOf(request: Request): Edge {
  const { colo = '', city = '', country } = edge.safeParse(request.cf).data ?? {}
  const code = country ?? request.headers.get('CF-IPCountry') ?? ''
  return { colo, city, country: noCountry.has(code) ? '' : code }
}
