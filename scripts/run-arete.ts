import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { cached } from '#cli/deployment/cached.ts'
import { areSourcesUnchanged, type SourceStates, sourceStates } from './source-states.ts'

/** The bundle's sources, as they were. */
interface BundleNote {
  readonly sources: SourceStates
}

const entry = join(projectFolder, 'dist/node/arete.js')

/** Bundles the command `arete` if its sources have changed, and runs it. */
export async function runBundledArete(args: readonly string[]): Promise<void> {
  // A container has the bundle and no sources.
  if (existsSync(join(projectFolder, 'src'))) await updateBundle()
  process.env['ARETE_HOME'] = projectFolder
  const { runArete } = (await import(pathToFileURL(entry).href)) as {
    runArete(args: readonly string[], home: string): Promise<void>
  }
  await runArete(args, projectFolder)
}

/** Bundles `dist/node` again if a source has changed. */
async function updateBundle(): Promise<void> {
  await cached<BundleNote>({
    file: join(projectFolder, 'dist/node/sources.json'),
    isValid: (value): value is BundleNote =>
      typeof value === 'object' &&
      value !== null &&
      'sources' in value &&
      areSourcesUnchanged(value.sources) &&
      existsSync(entry),
    async make() {
      const begun = Date.now()
      const { bundleNode } = await import('./bundle-node.ts')
      return { sources: sourceStates(await bundleNode(join(projectFolder, 'dist/node')), begun) }
    },
  })
}
