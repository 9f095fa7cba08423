import { join } from 'node:path'
import { cached } from '#cli/deployment/cached.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { bundleWorker, type WorkerModule } from './bundle-worker.ts'
import { areSourcesUnchanged, type SourceStates, sourceStates } from './source-states.ts'

/** A bundle as JSON, with the state of each source. */
interface CachedBundle {
  readonly sources: SourceStates
  readonly modules: readonly (Omit<WorkerModule, 'contents'> & { readonly base64: string })[]
}

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
    sources: sourceStates(['scripts/bundle-worker.ts', ...sources], begun),
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
    areSourcesUnchanged(value.sources)
  )
}
