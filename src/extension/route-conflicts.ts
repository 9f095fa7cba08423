/** A route of a Hono app. */
interface Route {
  readonly method: string
  readonly path: string
}

/** Method of a route for every method, such as a middleware. */
const anyMethod = 'ALL'

/**
 * Describes the routes of an application that Arete's own leave nothing of: whatever they match, one
 * of Arete's answers first.
 */
export function routeConflicts(own: readonly Route[], added: readonly Route[]): string[] {
  // A middleware of Arete's lets others answer.
  const answering = own.filter(({ method }) => method !== anyMethod)
  return added.flatMap(({ method, path }) => {
    const first = answering.find(
      (route) => (method === anyMethod || method === route.method) && covers(route.path, path),
    )
    return first === undefined
      ? []
      : [`${method} ${path} is never reached: ${first.method} ${first.path} of Arete answers first`]
  })
}

/** True if a pattern matches every path that another one matches. */
function covers(pattern: string, path: string): boolean {
  const [wide, narrow] = [segmentsOf(pattern), segmentsOf(path)]
  if (wide.at(-1) === '*') {
    const start = wide.slice(0, -1)
    return narrow.length >= start.length && start.every((part, at) => coversPart(part, narrow[at]))
  }
  return wide.length === narrow.length && wide.every((part, at) => coversPart(part, narrow[at]))
}

function coversPart(wide: string, narrow = ''): boolean {
  if (wide === narrow) return true
  if (narrow === '*' || narrow.endsWith('?')) return false
  return wide === '*' || /^:\w+$/.test(wide)
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
