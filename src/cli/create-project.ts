/*
 * The command `arete create`: writes a new project from the template of the package.
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { homeFolder } from '#cli/deployment/project-folder.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { namedValues } from '#kernel/named-values.ts'
import { projectConfig } from './project-config.ts'

const help = `Makes a new project: an application of your own, its tests and its configuration.

  npx arete create my-app                    in the new folder my-app
  npx arete create my-app --package SPEC     with this version, tarball or folder of the package

The folder must be empty or missing. Afterwards: npm install, npm run dev.
`

/**
 * Makes a project, and returns the exit status.
 *
 * @throws {UsageError} If the folder cannot be one.
 */
export async function createProject(args: readonly string[], current: string): Promise<number> {
  const { values, positionals } = readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, package: { type: 'string' } },
    },
    'npx arete create --help',
  )
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  const [path, ...others] = positionals
  if (path === undefined || others.length > 0) {
    throw new UsageError('Name one folder for the project. For help: npx arete create --help')
  }
  const folder = resolve(current, path)
  await expectEmpty(folder)
  await writeProject(folder, nameFor(folder), values.package)
  process.stdout.write(`${path} is ready. Now:

  cd ${path}
  npm install
  npm run dev
`)
  return 0
}

async function expectEmpty(folder: string): Promise<void> {
  const names = existsSync(folder) ? await readdir(folder) : []
  if (names.length > 0) throw new UsageError(`${folder} is not empty. Choose another folder.`)
}

/** The name of the project, its Worker and its stores, which may have letters, digits and dashes. */
function nameFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 50)
  if (name !== '') return name
  throw new UsageError('The name of the folder must have a letter or a digit.')
}

const packageFile = z.object({ name: z.string(), version: z.string() })
const projectFile = z.looseObject({ name: z.string(), dependencies: namedValues(z.string()) })

async function writeProject(folder: string, name: string, spec?: string): Promise<void> {
  const own = packageFile.parse(JSON.parse(await textAt('package.json')))
  await mkdir(folder, { recursive: true })
  await cp(join(homeFolder, 'template'), folder, { recursive: true })
  const project = projectFile.parse(JSON.parse(await textAt('template/package.json')))
  const dependencies = { [own.name]: spec ?? usualSpec(own, folder), ...project.dependencies }
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...project, name, dependencies }, null, 2)}\n`,
  )
  await writeFile(
    join(folder, 'wrangler.toml'),
    projectConfig(await textAt('wrangler.toml'), { name, packageName: own.name }),
  )
  // npm leaves a file of this name out of packages.
  await writeFile(join(folder, '.gitignore'), ignored)
  await mkdir(join(folder, 'public'))
  await cp(join(homeFolder, 'public/_headers'), join(folder, 'public/_headers'))
}

const ignored = `node_modules/
dist/
public/_/
.wrangler/
.dev.vars
/arete_data*/
`

/** The version that was installed, or the tarball that a checkout has built beside the package. */
function usualSpec({ name, version }: z.infer<typeof packageFile>, folder: string): string {
  const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
  const built = join(homeFolder, '..', tarball)
  return existsSync(built) ? `file:${relative(folder, built)}` : `^${version}`
}

async function textAt(path: string): Promise<string> {
  return await readFile(join(homeFolder, path), 'utf8')
}
