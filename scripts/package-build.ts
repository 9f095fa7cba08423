/*
 * The npm package: the entries as JavaScript, their types, and what they need at run time. package.json
 * has its name, its version and its entries.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { updateDashboard } from './dashboard-build.ts'
import { bundleEntries } from './package-entries.ts'
import { emitTypes } from './package-types.ts'
import { type PackageFile, packageManifest } from './package-manifest.ts'
import { writeTemplate } from './package-template.ts'

/** The folder of the built package. */
export const packageFolder = join(projectFolder, 'dist/package')

/** A package that can be installed. */
export interface BuiltPackage {
  /** The tarball, relative to the checkout. */
  readonly tarball: string
  /** The command that makes a project. */
  readonly create: string
}

/** Files that the package has as the checkout has them. */
const copies = [
  'LICENSE',
  'CHANGELOG.md',
  'docs/upgrading.md',
  'wrangler.toml',
  'public/_headers',
  'public/_/index.html',
  'public/_/assets',
]

async function readPackageFile(): Promise<PackageFile> {
  return JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')) as PackageFile
}

/** The entries of the package, and their sources. */
export async function packageEntries(): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries((await readPackageFile()).exports))
}

/** Builds `dist/package`, and packs it into `dist`. */
export async function buildPackage(): Promise<BuiltPackage> {
  const own = await readPackageFile()
  await rm(packageFolder, { recursive: true, force: true })
  await mkdir(packageFolder, { recursive: true })

  await updateDashboard()
  for (const path of copies) {
    await cp(join(projectFolder, path), join(packageFolder, path), { recursive: true })
  }
  await cp(join(projectFolder, 'drizzle'), join(packageFolder, 'drizzle'), {
    recursive: true,
    filter: (path) => !path.endsWith('meta'),
  })
  const entries = await packageEntries()
  const imported = await bundleEntries(entries, packageFolder)
  await emitTypes([...entries.values()], packageFolder)
  for (const [source, target] of [
    ['package-program.mjs', 'arete.mjs'],
    ['continue-with-node.mjs', 'continue-with-node.mjs'],
  ] as const) {
    await cp(join(projectFolder, 'scripts', source), join(packageFolder, 'bin', target))
  }
  await writeTemplate(own, packageFolder)
  await writeFile(
    join(packageFolder, 'package.json'),
    `${JSON.stringify(packageManifest(own, imported), null, 2)}\n`,
  )

  const dist = join(projectFolder, 'dist')
  const pack = ['pack', packageFolder, '--pack-destination', dist, '--json', '--ignore-scripts']
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: projectFolder })
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }]
  return {
    tarball: relative(projectFolder, join(dist, filename)),
    create: `node ${relative(projectFolder, join(packageFolder, 'bin/arete.mjs'))} create ../my-app`,
  }
}
