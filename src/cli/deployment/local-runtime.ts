import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as MiniflareModule from 'miniflare'
import { projectFolder } from './project-folder.ts'
import { wranglerProgram } from './wrangler.ts'

/** The state folder of wrangler, which `npm start` uses too. */
export const localStateFolder = join(projectFolder, '.wrangler/state')

/** The options of one Worker in Miniflare. */
export type MiniflareWorker = Extract<
  Parameters<typeof MiniflareModule.convertV4MiniflareOptions>[0],
  { readonly workers: unknown }
>['workers'][number]

/** Options of a local runtime: its Workers, its address and its data. */
export interface RuntimeOptions {
  readonly workers: MiniflareWorker[]
  /** As in `wrangler dev --persist-to`. Without it the data is gone when the runtime stops. */
  readonly stateFolder?: string
  readonly address?: { readonly host: string; readonly port: number }
}

/** Starts Miniflare, with the data that `wrangler dev` would use. */
export async function startRuntime({
  workers,
  stateFolder,
  address,
}: RuntimeOptions): Promise<MiniflareModule.Miniflare> {
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = loadMiniflare()
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...address,
      // Otherwise example metadata of requests is fetched from the internet.
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.WARN),
      ...(stateFolder === undefined ? {} : { resourcePersistencePath: join(stateFolder, 'v3') }),
      workers,
    }),
  )
  await runtime.ready
  return runtime
}

/**
 * Loads Miniflare, which takes half a second. `import` is slower, because it first searches six
 * megabytes for the exported names.
 */
export function loadMiniflare(): typeof MiniflareModule {
  // A project has it only as a part of wrangler.
  return createRequire(wranglerProgram())('miniflare') as typeof MiniflareModule
}
