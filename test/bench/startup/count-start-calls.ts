/*
 * Loads the bundle of a Worker as an isolate does, and prints the functions that were called. What
 * only the Workers runtime has is empty here: a start uses none of it.
 */
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A function that was called; its place in the bundle counts from 0. */
export interface CalledFunction {
  readonly line: number
  readonly column: number
  readonly count: number
}

const runtime = `
  export class DurableObject {}
  export class WorkerEntrypoint {}
  export const env = {}
  export const [exports, connect, waitUntil] = []
`

registerHooks({
  resolve(specifier, context, next) {
    if (!/^cloudflare:|\.wasm$/.test(specifier)) return next(specifier, context)
    return { url: `cloudflare:${specifier}`, format: 'module', shortCircuit: true }
  },
  load(url, context, next) {
    if (!url.startsWith('cloudflare:')) return next(url, context)
    const source = url.endsWith('.wasm') ? 'export default {}' : runtime
    return { format: 'module', source, shortCircuit: true }
  },
})

const file = resolve(process.argv[2] ?? '')
const url = pathToFileURL(file).href
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
await import(url)
const { result } = await session.post('Profiler.takePreciseCoverage')
const functions = result.find((script) => script.url === url)?.functions ?? []
process.stdout.write(JSON.stringify(calledOf(functions, readFileSync(file, 'utf8'))))

type Coverage = readonly {
  readonly ranges: readonly { readonly startOffset: number; readonly count: number }[]
}[]

function calledOf(coverage: Coverage, source: string): CalledFunction[] {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return coverage.flatMap(({ ranges: [range] }) => {
    if (range === undefined || range.count === 0) return []
    const line = starts.findLastIndex((start) => start <= range.startOffset)
    return { line, column: range.startOffset - (starts[line] ?? 0), count: range.count }
  })
}
