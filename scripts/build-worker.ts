import { globSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runWrangler } from '#cli/deployment/wrangler.ts'

/**
 * Bundles a Worker as for a deployment, with the bindings of wrangler.toml. Returns the files of
 * its modules: the main module first, then WebAssembly.
 */
export async function buildWorker(entry: string, folder: string): Promise<readonly string[]> {
  const output = join(projectFolder, folder)
  // The names of WebAssembly modules change with their content, so old ones would stay.
  await rm(output, { recursive: true, force: true })
  await runWrangler(['deploy', entry, '--dry-run', '--outdir', output])
  const modules = (extension: string) => globSync(`*.${extension}`, { cwd: output })
  return [...modules('js'), ...modules('wasm')].map((file) => join(output, file))
}
