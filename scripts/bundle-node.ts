import { join } from 'node:path'
import { build } from 'esbuild'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/**
 * Bundles the command `arete` into `dist/node`, with all packages but `sharp`. Node cannot run the
 * sources as they are, since some are JSX. Returns the bundled files, relative to the checkout.
 *
 * @throws Error with the locations of syntax errors
 */
export async function bundleNode(): Promise<readonly string[]> {
  const outdir = join(projectFolder, 'dist/node')
  const { metafile } = await build({
    entryPoints: { arete: join(projectFolder, 'src/serve/arete.ts') },
    absWorkingDir: projectFolder,
    outdir,
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
