import { build } from 'esbuild'
import { join } from 'node:path'
import { projectFolder } from '#cli/project-folder.ts'

/** A module in Miniflare's format. */
export interface WorkerModule {
  type: 'ESModule' | 'CompiledWasm'
  path: string
  contents: Uint8Array<ArrayBuffer>
}

/**
 * Bundles a Worker in memory like wrangler, but in a tenth of the time. Returns the main module
 * first, then WebAssembly.
 *
 * @throws Error with the locations of syntax errors
 */
export async function bundleWorker(entry: string): Promise<WorkerModule[]> {
  const { outputFiles } = await build({
    entryPoints: { worker: join(projectFolder, entry) },
    absWorkingDir: projectFolder,
    outdir: 'dist/worker',
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    keepNames: true,
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
  return modules.toSorted((a, b) => b.type.localeCompare(a.type))
}
