import { statSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '#cli/deployment/cached.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { bundleWorker, type WorkerModule } from './bundle-worker.ts'

/** A bundle as JSON, with the state of each source. */
interface CachedBundle {
  readonly sources: Readonly<Record<string, string>>
  readonly modules: readonly (Omit<WorkerModule, 'contents'> & { readonly base64: string })[]
}

/** Files that affect a bundle and are not bundled. npm writes the last one on every install. */
const furtherSources = [
  'package.json',
  'tsconfig.json',
  'scripts/bundle-worker.ts',
  'node_modules/.package-lock.json',
]

/**
 * Reads the cached bundle of the Worker. Bundles again if a source has changed.
 *
 * @throws Error with the locations of syntax errors
 */
export async function cachedBundle(
  entry = 'src/worker.ts',
  file = join(projectFolder, '.wrangler/worker-bundle.json'),
): Promise<WorkerModule[]> {
  const { modules } = await cached({ file, isValid, make: () => makeBundle(entry) })
  return modules.map(({ base64, ...module }) => ({
    ...module,
    contents: new Uint8Array(Buffer.from(base64, 'base64')),
  }))
}

async function makeBundle(entry: string): Promise<CachedBundle> {
  const begun = Date.now()
  const { modules, sources } = await bundleWorker(entry)
  return {
    sources: Object.fromEntries(
      [...furtherSources, ...sources].map((path) => [path, stateOf(path, begun)]),
    ),
    modules: modules.map(({ contents, ...module }) => ({
      ...module,
      base64: Buffer.from(contents).toString('base64'),
    })),
  }
}

function isValid(value: unknown): value is CachedBundle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'modules' in value &&
    Array.isArray(value.modules) &&
    'sources' in value &&
    typeof value.sources === 'object' &&
    value.sources !== null &&
    Object.entries(value.sources).every(([path, state]) => state === stateOf(path))
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
