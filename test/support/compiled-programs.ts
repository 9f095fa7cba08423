import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** Compiles files by name, and returns the complaints of the compiler. */
export type CompileProgram = (files: Readonly<Record<string, string>>) => Promise<string>

/** Programs of a test file that may import some packages, compiled under `strict`. */
export function compiledPrograms(packages: readonly string[]): CompileProgram {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arete-types-'))
    await mkdir(join(folder, 'node_modules'))
    for (const name of packages) {
      const place = join('node_modules', name)
      await symlink(join(projectFolder, place), join(folder, place), 'dir')
    }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'esnext',
          moduleResolution: 'bundler',
          target: 'es2022',
          lib: ['es2022', 'dom'],
          types: [],
          skipLibCheck: true,
          noUncheckedIndexedAccess: true,
          erasableSyntaxOnly: true,
          verbatimModuleSyntax: true,
          isolatedModules: true,
          allowImportingTsExtensions: true,
        },
      }),
    )
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  return async (files) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return await new Promise((resolve) => {
      const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc')
      execFile(process.execPath, [compiler, '-p', folder], (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
  }
}
