import { statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** The states of the sources of a bundle, by their paths. */
export type SourceStates = Readonly<Record<string, string>>

/** Files that affect every bundle and are not bundled. npm writes the last one on every install. */
const furtherSources = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json']

/** The states of the sources of a bundle that was begun at this time. */
export function sourceStates(sources: readonly string[], begun: number): SourceStates {
  return Object.fromEntries(
    [...furtherSources, ...sources].map((path) => [path, stateOf(path, begun)]),
  )
}

/** True if a value holds the states of sources, and all of them are still the same. */
export function areSourcesUnchanged(value: unknown): value is SourceStates {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([path, state]) => state === stateOf(path))
  )
}

/**
 * The state of a file, which changes with its content. A file that changed after bundling began gets
 * a state that never matches, because the bundler may have read it before the change.
 */
function stateOf(path: string, begun = Infinity): string {
  const stats = statSync(join(projectFolder, path), { throwIfNoEntry: false })
  if (stats === undefined) return 'missing'
  return stats.mtimeMs < begun ? `${stats.mtimeMs} ${stats.size}` : 'changing'
}
