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
  const { colo, city, country } = request.cf ?? {}
  const code = textOf(country) || (request.headers.get('CF-IPCountry') ?? '')
  return { colo: textOf(colo), city: textOf(city), country: noCountry.has(code) ? '' : code }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
