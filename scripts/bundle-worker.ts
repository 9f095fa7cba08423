import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Esbuild from 'esbuild'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** A module in Miniflare's format. */
export interface WorkerModule {
  type: 'ESModule' | 'CompiledWasm'
  path: string
  contents: Uint8Array<ArrayBuffer>
}

/** A bundled Worker. */
export interface WorkerBundle {
  /** The main module first, then WebAssembly. */
  readonly modules: WorkerModule[]
  /** The bundled files, relative to the checkout. */
  readonly sources: readonly string[]
}

/**
 * Bundles a Worker in memory like wrangler, but in a tenth of the time. The bundle is minified,
 * because Miniflare copies it many times during a start; stack traces still name the functions. The
 * bundler's process has started when this function returns.
 *
 * @throws Error with the locations of syntax errors
 */
export async function bundleWorker(entry: string): Promise<WorkerBundle> {
  const { outputFiles, metafile } = await loadEsbuild().build({
    entryPoints: { worker: join(projectFolder, entry) },
    absWorkingDir: projectFolder,
    outdir: 'dist/worker',
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.wasm': 'copy' },
    logLevel: 'silent',
  })
  const modules = outputFiles.map(({ path, contents }): WorkerModule => {
    const type = path.endsWith('.js') ? 'ESModule' : 'CompiledWasm'
    return { type, path, contents: new Uint8Array(contents) }
  })
  return {
    modules: modules.toSorted((a, b) => b.type.localeCompare(a.type)),
    sources: Object.keys(metafile.inputs),
  }
}

/** Loads the bundler, which most starts do not need. */
function loadEsbuild(): typeof Esbuild {
  return createRequire(import.meta.url)('esbuild') as typeof Esbuild
}
