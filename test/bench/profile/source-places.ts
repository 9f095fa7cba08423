import { existsSync, readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place in the source. */
export interface SourcePlace {
  /** From the folder of the project; a name such as `node:http` for a module of Node. */
  readonly path: string
  /** From 1. */
  readonly line: number
}

/** Finds the place in the source of a place in a loaded file. Lines and columns count from 0. */
export type FindPlace = (url: string, line: number, column: number) => SourcePlace

/** Follows the source maps that lie beside bundles. */
export function createPlaceFinder(projectFolder: string): FindPlace {
  const maps = new Map<string, SourceMap | undefined>()
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) maps.set(url, readMap(url))
    return maps.get(url)
  }
  const within = (url: string): string => relative(projectFolder, fileURLToPath(url))

  return (url, line, column) => {
    if (!url.startsWith('file:')) return { path: url, line: line + 1 }
    const entry = mapOf(url)?.findEntry(line, column)
    if (entry === undefined || !('originalSource' in entry)) {
      return { path: within(url), line: line + 1 }
    }
    const source = new URL(entry.originalSource, url).href
    return { path: within(source), line: entry.originalLine + 1 }
  }
}

function readMap(url: string): SourceMap | undefined {
  const file = `${fileURLToPath(url)}.map`
  if (!existsSync(file)) return undefined
  return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload)
}
