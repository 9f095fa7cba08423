import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { unstable_getMiniflareWorkerOptions as getOptions } from 'wrangler'
import { cached } from './cached.ts'
import type { MiniflareWorker } from './local-runtime.ts'
import { projectFolder } from './project-folder.ts'

/** The Worker of wrangler.toml as options for Miniflare. */
export interface LocalWorker {
  readonly name: string
  readonly options: Omit<ReturnType<typeof getOptions>['workerOptions'], 'modulesRules'> &
    Pick<MiniflareWorker, 'compatibilityDate' | 'r2Buckets' | 'kvNamespaces'> & {
      readonly d1Databases: Record<'DB', { readonly id: string }>
    }
}

/** A cached Worker, with a digest of its sources. */
interface CachedWorker extends LocalWorker {
  readonly key: string
}

/** The files that the options depend on. */
const sources = [
  'wrangler.toml',
  '.dev.vars',
  '.env',
  '.env.local',
  'node_modules/wrangler/package.json',
]

/**
 * Reads the Worker of wrangler.toml. The result is cached until a source changes, because loading
 * wrangler takes longer than the rest of a start.
 */
export async function readLocalWorker(
  file = join(projectFolder, '.wrangler/worker-options.json'),
): Promise<LocalWorker> {
  const key = digestOfSources()
  return await cached({
    file,
    isValid: (value): value is CachedWorker => isCachedWorker(value) && value.key === key,
    make: async () => ({ key, ...(await deriveWorker()) }),
  })
}

async function deriveWorker(): Promise<LocalWorker> {
  const { loadWrangler } = await import('./wrangler.ts')
  const { unstable_readConfig, unstable_getMiniflareWorkerOptions } = await loadWrangler()
  const config = unstable_readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions
  // wrangler's type does not name the options for the bindings.
  return { name: config.name ?? 'arete', options: options as LocalWorker['options'] }
}

/** A plain check, because loading Zod takes as long as the rest of this file. */
function isCachedWorker(value: unknown): value is CachedWorker {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'name' in value &&
    typeof value.name === 'string' &&
    'options' in value &&
    typeof value.options === 'object' &&
    value.options !== null
  )
}

function digestOfSources(): string {
  const texts = sources.map((name) => textOf(join(projectFolder, name)))
  const environment = process.env['CLOUDFLARE_ENV'] ?? ''
  return createHash('sha256')
    .update(JSON.stringify([projectFolder, environment, ...texts]))
    .digest('hex')
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
