/*
 * The bundle of the Worker as a deployment makes it: its size, and packages that the Workers runtime cannot run.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isBuiltin } from 'node:module'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { runWrangler } from '#cli/deployment/wrangler.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'
import { namedValues } from '#kernel/named-values.ts'
import { type Finding, fine, problem, warning } from './finding.ts'

const megabyte = 1024 * 1024

/** The largest compressed Worker that Cloudflare accepts: on the free plan, and on others. */
const sizeLimits = { free: 3 * megabyte, paid: 10 * megabyte }

const metafile = z.object({
  inputs: namedValues(
    z.object({
      imports: z.array(z.object({ path: z.string(), external: z.boolean().optional() })),
    }),
  ),
})

/** A module of the bundle. */
export interface BundledModule {
  /** Relative to the project. */
  readonly path: string
  readonly text: string
  /** Imports that the bundle lacks. */
  readonly external: readonly string[]
}

/** Bundles the Worker of a project, without deploying it. */
export async function examineBundle(
  projectFolder: string,
  trusted: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const folder = makeTemporaryFolder()
  const meta = join(folder.path, 'meta.json')
  const out = join(folder.path, 'out')
  try {
    await runWrangler(['deploy', '--dry-run', '--outdir', out, '--metafile', meta])
    const { inputs } = metafile.parse(JSON.parse(await readFile(meta, 'utf8')))
    const modules = await Promise.all(
      Object.entries(inputs).map(async ([path, { imports }]) => ({
        path,
        // Modules of wrangler itself have no file.
        text: await readFile(join(projectFolder, path), 'utf8').catch(() => ''),
        external: imports.filter(({ external }) => external).map((each) => each.path),
      })),
    )
    return [...sizeFindings(await compressedSize(out)), ...packageFindings(modules, trusted)]
  } catch (error) {
    if (!(error instanceof WranglerError)) throw error
    return [problem('bundle', 'The Worker cannot be bundled.', error.message)]
  } finally {
    folder.remove()
  }
}

async function compressedSize(folder: string): Promise<number> {
  const names = await readdir(folder)
  const uploaded = names.filter((name) => !/\.map$|^README/.test(name))
  const sizes = await Promise.all(
    uploaded.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Compares the compressed size of the Worker with what Cloudflare accepts. */
export function sizeFindings(bytes: number): readonly Finding[] {
  const size = `The Worker has ${Math.ceil(bytes / 1024)} KiB compressed`
  const fix = 'import less of large packages, or smaller ones.'
  if (bytes > sizeLimits.paid) {
    return [problem('size', `${size}. Cloudflare accepts 10 MiB.`, fix)]
  }
  if (bytes > sizeLimits.free) {
    return [warning('size', `${size}. The free plan accepts 3 MiB.`, fix)]
  }
  return [fine('size', `${size}, of 3 MiB on the free plan.`)]
}

/** Things that a Worker cannot do, by the code that does them. */
const impossible: readonly (readonly [RegExp, string])[] = [
  [/\bnew Function\s*\(|(?<![\w.$])eval\s*\(/, 'makes code from text (eval)'],
  [/\bWebAssembly\.(?:compile|instantiate)(?:Streaming)?\s*\(/, 'compiles WebAssembly at run time'],
]

/** Names packages that need what the Workers runtime has not. */
export function packageFindings(
  modules: readonly BundledModule[],
  trusted: ReadonlySet<string>,
): readonly Finding[] {
  const reasons = new Map<string, Set<string>>()
  for (const { path, text, external } of modules) {
    const name = packageOf(path)
    if (name === undefined || trusted.has(name)) continue
    const found = [
      ...impossible.filter(([code]) => code.test(withoutComments(text))).map(([, does]) => does),
      ...external.filter((module) => isBuiltin(module)).map((module) => `imports ${module}`),
    ]
    for (const reason of found) reasons.set(name, (reasons.get(name) ?? new Set()).add(reason))
  }
  return [...reasons].map(([name, found]) =>
    warning(
      'packages',
      `The package ${name} ${[...found].join(', ')}. It may fail on Cloudflare.`,
      [...found].some((reason) => reason.startsWith('imports'))
        ? 'set compatibility_flags = ["nodejs_compat"], and test what uses it with npm test.'
        : 'test what uses it with npm test, which runs in the Workers runtime.',
    ),
  )
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** The package of a module; undefined for the project's own. */
function packageOf(path: string): string | undefined {
  return /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
}
