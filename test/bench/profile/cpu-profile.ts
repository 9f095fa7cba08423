import type { Profiler } from 'node:inspector'
import type { FindPlace } from './source-places.ts'

/** CPU time of a function: its own, and with all that it calls, in microseconds. */
export interface FunctionTime {
  readonly name: string
  /** File and line; empty for a function of the runtime. */
  readonly place: string
  readonly own: number
  readonly total: number
}

/** The CPU time of a profile in microseconds. */
export interface ProfileTimes {
  readonly total: number
  /** By part of the source, the largest first. */
  readonly parts: readonly (readonly [part: string, own: number])[]
  /** The functions with the largest own time first. */
  readonly functions: readonly FunctionTime[]
}

interface Node {
  readonly frame: Profiler.ProfileNode['callFrame']
  readonly children: readonly number[]
}

/** Sums a profile up. Times when the process waited are left out. */
export function sumUp(profile: Profiler.Profile, findPlace: FindPlace): ProfileTimes {
  const nodes = new Map<number, Node>(
    profile.nodes.map(({ id, callFrame, children = [] }) => [id, { frame: callFrame, children }]),
  )
  const own = ownTimes(profile)
  const parts = new Map<string, number>()
  const functions = new Map<string, { name: string; place: string; own: number; total: number }>()

  /** Returns the time of a node and its children. */
  const visit = (id: number, caller: string, open: ReadonlySet<string>): number => {
    const node = nodes.get(id)
    if (node === undefined || node.frame.functionName === '(idle)') return 0
    const { functionName, url, lineNumber, columnNumber } = node.frame
    const found = url === '' ? undefined : findPlace(url, lineNumber, columnNumber)
    const part = found === undefined ? partOfBuiltin(functionName, caller) : partOf(found.path)
    const place = found === undefined ? '' : `${found.path}:${found.line}`
    const key = place === '' ? `${functionName} (${part})` : `${functionName} ${place}`
    const time = own.get(id) ?? 0
    parts.set(part, (parts.get(part) ?? 0) + time)

    const openHere = new Set(open).add(key)
    const total = node.children.reduce((sum, child) => sum + visit(child, part, openHere), time)
    const name = functionName === '' ? '(anonymous)' : functionName
    const known = functions.get(key) ?? {
      name,
      place: place === '' ? part : place,
      own: 0,
      total: 0,
    }
    known.own += time
    // A call within a call of the same function is in the time of the outer one.
    if (!open.has(key)) known.total += total
    functions.set(key, known)
    return total
  }
  const [root] = profile.nodes
  const total = root === undefined ? 0 : visit(root.id, 'Node', new Set())
  return {
    total,
    parts: [...parts].filter(([, time]) => time > 0).toSorted(([, a], [, b]) => b - a),
    functions: [...functions.values()].toSorted((a, b) => b.own - a.own),
  }
}

function ownTimes({
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  for (const [at, id] of samples.entries()) {
    // A delta is the time since the sample before: this sample's function had it until the next.
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[at + 1] ?? 0))
  }
  return times
}

const statementCalls = new Set(['all', 'get', 'run', 'exec', 'prepare', 'iterate', 'columns'])

/** The runtime's own functions, such as `JSON.stringify`, belong to their callers. */
function partOfBuiltin(functionName: string, caller: string): string {
  if (functionName === '(garbage collector)') return 'garbage collector'
  if (functionName === '(program)') return 'outside JavaScript'
  return caller === 'src/adapters' && statementCalls.has(functionName) ? 'SQLite' : caller
}

/** The part of the source that a file belongs to: a folder of it, a library, or Node. */
export function partOf(path: string): string {
  if (path.startsWith('node:')) return nodePart(path)
  // The source maps of Drizzle name a folder beside its package.
  if (path.includes('node_modules/src/')) return 'drizzle-orm'
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
  const folder = /^(?:.*\/)?(src\/[^/]+?)(?:\.tsx?)?(?:\/|$)/.exec(path)?.[1]
  return library ?? folder ?? 'other'
}

function nodePart(module: string): string {
  if (/undici|webstreams|fetch|url|abort|event_target/.test(module)) return 'Node: Web APIs'
  if (/_http|net$|stream|http/.test(module)) return 'Node: HTTP and sockets'
  if (module.includes('crypto')) return 'Node: randomness and hashes'
  return 'Node: other'
}
