import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/**
 * Writes the types of the entries into `types`: their declarations, and those that they refer to, with
 * relative paths.
 *
 * @throws {Error} With the complaints of the compiler about them.
 */
export async function emitTypes(entries: readonly string[], folder: string): Promise<void> {
  const emitted = await mkdtemp(join(projectFolder, 'dist/types-'))
  try {
    const complaints = await compile(entries, emitted)
    const declarations = await reachable(entries, emitted)
    const faults = complaints
      .split('\n')
      .filter((line) => declarations.has(/^src\/(\S+)\.tsx?\(/.exec(line)?.[1] ?? ''))
    if (faults.length > 0) throw new Error(faults.join('\n'))
    for (const [name, text] of declarations) {
      const file = join(folder, 'types', `${name}.d.ts`)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
  } finally {
    await rm(emitted, { recursive: true, force: true })
  }
}

async function compile(entries: readonly string[], emitted: string): Promise<string> {
  const config = join(emitted, 'tsconfig.json')
  const source = join(projectFolder, 'src')
  await writeFile(
    config,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        emitDeclarationOnly: true,
        declaration: true,
        outDir: emitted,
        rootDir: source,
        paths: {},
      },
      files: entries.map((entry) => join(projectFolder, entry)),
      include: [join(source, '**/*.d.ts')],
      exclude: [join(source, 'dashboard')],
    }),
  )
  const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc')
  return await new Promise((resolve) => {
    const options = { cwd: projectFolder, maxBuffer: 2 ** 26 }
    execFile(process.execPath, [compiler, '-p', config], options, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}

const imports = /(\bfrom |\bimport\(|\bimport )(["'])([#.][^"']+)\2/g

/** The declarations that entries refer to, by their paths without endings. */
async function reachable(
  entries: readonly string[],
  emitted: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const waiting = entries.map((entry) => entry.replace('./src/', '').replace(/\.ts$/, ''))
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const file = join(emitted, `${name}.d.ts`)
    if (found.has(name)) continue
    if (!existsSync(file)) throw new Error(`There are no types of ${name}.`)
    const from = dirname(name)
    const text = await readFile(file, 'utf8')
    found.set(
      name,
      text.replaceAll(imports, (_, before: string, quote: string, path: string) => {
        const target = path.startsWith('#') ? path.slice(1) : join(from, path)
        const module = target.replace(/\.tsx?$/, '')
        waiting.push(module)
        const way = relative(from, module)
        return `${before}${quote}${way.startsWith('.') ? way : `./${way}`}.js${quote}`
      }),
    )
  }
  return found
}
