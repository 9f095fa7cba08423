import { join } from 'node:path'
import { build } from 'esbuild'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { entryName } from './package-manifest.ts'

/**
 * Bundles the entries and the command `arete` into `lib`. Code of several is in chunks, so that each
 * module exists once, and packages stay imports. Returns the names of the packages.
 */
export async function bundleEntries(
  entries: ReadonlyMap<string, string>,
  folder: string,
): Promise<readonly string[]> {
  const sources = [...entries].map(([entry, source]) => [entryName(entry), source] as const)
  const { metafile } = await build({
    entryPoints: {
      ...Object.fromEntries(sources),
      program: 'src/extension/program.ts',
      thread: 'src/serve/thread.ts',
    },
    absWorkingDir: projectFolder,
    outdir: join(folder, 'lib'),
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [
      {
        name: 'packages',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
            kind === 'entry-point' ? undefined : { path, external: true },
          ),
      },
    ],
    sourcemap: true,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    logLevel: 'silent',
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  )
  return [...new Set(imported.map(packageOf))].filter((name) => !/^(?:node|cloudflare):/.test(name))
}

function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')
}
