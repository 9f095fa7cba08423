import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { convertV4MiniflareOptions as convertOptions, Miniflare } from 'miniflare'
import type * as Wrangler from 'wrangler'
import * as z from 'zod'
import { projectFolder } from './project-folder.ts'
import { loadWrangler } from './wrangler.ts'

type WorkerOptions = ReturnType<typeof Wrangler.unstable_getMiniflareWorkerOptions>['workerOptions']

/** The state folder of wrangler, which `npm start` uses too. */
export const localStateFolder = join(projectFolder, '.wrangler/state')

type MiniflareWorker = Extract<
  Parameters<typeof convertOptions>[0],
  { readonly workers: unknown }
>['workers'][number]

/** The Worker of wrangler.toml as options for Miniflare. */
export interface LocalWorker {
  readonly name: string
  readonly options: Omit<WorkerOptions, 'modulesRules'> &
    Pick<MiniflareWorker, 'compatibilityDate' | 'd1Databases' | 'r2Buckets'>
}

/** Options of a local runtime: its Worker, its address and its data. */
export interface RuntimeOptions {
  /** As in `wrangler dev --persist-to`. */
  readonly stateFolder: string
  readonly worker: MiniflareWorker
  readonly address?: { readonly host: string; readonly port: number }
}

/** Starts Miniflare with the data that `wrangler dev` would use. */
export async function startRuntime({
  stateFolder,
  worker,
  address,
}: RuntimeOptions): Promise<Miniflare> {
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare: Runtime } = await import('miniflare')
  const runtime = new Runtime(
    convertV4MiniflareOptions({
      ...address,
      // Otherwise example metadata of requests is fetched from the internet.
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.WARN),
      resourcePersistencePath: join(stateFolder, 'v3'),
      workers: [worker],
    }),
  )
  await runtime.ready
  return runtime
}

/** The files that the options depend on, besides wrangler itself. */
const sources = ['wrangler.toml', '.dev.vars', '.env', '.env.local']
const keptFile = join(projectFolder, '.wrangler/worker-options.json')

const keptShape = z.object({
  key: z.string(),
  name: z.string(),
  options: z.custom<LocalWorker['options']>((value) => typeof value === 'object' && value !== null),
})

/**
 * Reads the Worker of wrangler.toml. The result is cached until a source changes, because loading
 * wrangler takes longer than the rest of a start.
 */
export async function readLocalWorker(): Promise<LocalWorker> {
  const key = await digestOfSources()
  const kept = await readKept()
  if (kept?.key === key) return kept
  const worker = await deriveWorker()
  await mkdir(join(projectFolder, '.wrangler'), { recursive: true })
  // The options include the variables of `.dev.vars`, which are secret.
  await writeFile(keptFile, JSON.stringify({ key, ...worker }), { mode: 0o600 })
  return worker
}

async function deriveWorker(): Promise<LocalWorker> {
  const { unstable_readConfig, unstable_getMiniflareWorkerOptions } = await loadWrangler()
  const config = unstable_readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions
  return { name: config.name ?? 'arete', options }
}

async function readKept(): Promise<z.output<typeof keptShape> | undefined> {
  try {
    return keptShape.parse(JSON.parse(await readFile(keptFile, 'utf8')))
  } catch {
    // The cache is missing or being written by another process.
    return undefined
  }
}

async function digestOfSources(): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(
      JSON.parse(await readFile(join(projectFolder, 'node_modules/wrangler/package.json'), 'utf8')),
    )
  const texts = await Promise.all(sources.map((name) => textOf(join(projectFolder, name))))
  const environment = process.env['CLOUDFLARE_ENV'] ?? ''
  return createHash('sha256')
    .update(JSON.stringify([version, projectFolder, environment, ...texts]))
    .digest('hex')
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
