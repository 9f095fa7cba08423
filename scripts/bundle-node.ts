import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/**
 * Bundles the command `arete` into a folder, which it empties first, with all packages but `sharp`. Node cannot run the
 * sources as they are, since some are JSX. Returns the bundled files, relative to the checkout.
 *
 * @throws Error with the locations of syntax errors
 */
export async function bundleNode(outdir: string): Promise<readonly string[]> {
  await rm(outdir, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: {
      arete: join(projectFolder, 'src/serve/arete.ts'),
      thread: join(projectFolder, 'src/serve/thread.ts'),
    },
    absWorkingDir: projectFolder,
    outdir,
    // Commands are chunks of their own, which the server does not load.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['wrangler', 'miniflare'],
    // Packages in CommonJS call it for Node's own modules.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    metafile: true,
    // For profiles; the process reads it only if it is told to.
    sourcemap: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  return ['scripts/bundle-node.ts', ...Object.keys(metafile.inputs)]
}
