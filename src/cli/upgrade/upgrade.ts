/*
 * The command `arete upgrade`: takes a project to another version of the package. First npm installs it;
 * the rest is done by the new version, which knows what it needs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import * as z from 'zod'
import type { DeploymentTarget } from '#cli/deployment/deployment.ts'
import { openDeployment } from '#cli/deployment/deployment.ts'
import { localStateFolder } from '#cli/deployment/local-runtime.ts'
import { homeFolder, projectFolder } from '#cli/deployment/project-folder.ts'
import { targetName } from '#cli/deployment/target-arguments.ts'
import { missingParts, sectionsOf } from '#cli/deployment/worker-config.ts'
import { loadWrangler } from '#cli/deployment/wrangler.ts'
import { deploymentsHere, readMigrationState } from '#cli/doctor/examine-deployments.ts'
import { projectConfig } from '#cli/project-config.ts'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { counted } from '#cli/terminal/wording.ts'
import { readVersion } from '#cli/version.ts'
import { namedValues } from '#kernel/named-values.ts'
import { copyDataBefore, copyStateBefore } from './copy-before.ts'
import { olderTools } from './older-tools.ts'
import { upgradeConfig } from './upgrade-config.ts'

const help = `Takes the project to the installed version of the package: adds what wrangler.toml lacks, and updates the
tables of the deployments on this machine. Their data is copied first.

  npx arete upgrade                     after npm update
  npx arete upgrade --to VERSION        installs this version, tarball or folder of the package first
  npx arete upgrade --dry-run           shows the steps without running them

  --data FOLDER    the data folder of a server on Node (default: ./arete_data, or the variable DATA)

The deployed Arete is not touched: npm run deploy updates its tables.
`

/** The parsed command line. */
interface UpgradeOptions {
  readonly to: string | undefined
  readonly data: string | undefined
  readonly isDry: boolean
}

/**
 * Upgrades a project, and returns the exit status.
 *
 * @throws {UsageError} If the folder is no project, or a database is newer than the package.
 */
export async function upgradeProject(args: readonly string[], current: string): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        to: { type: 'string' },
        data: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
      },
    },
    'npx arete upgrade --help',
  )
  if (values.help === true) {
    say(help)
    return 0
  }
  const { to, data, 'dry-run': isDry } = values
  const options: UpgradeOptions = {
    to,
    data: data === undefined ? undefined : resolve(current, data),
    isDry,
  }
  if (!existsSync(join(projectFolder, 'package.json'))) {
    throw new UsageError(`${projectFolder} is no project: it has no package.json.`)
  }
  return options.to === undefined
    ? await adjust(options, current)
    : await install(options, options.to)
}

function say(text: string): void {
  process.stdout.write(text)
}

const packageFile = z.object({ name: z.string(), version: z.string() })

/** Installs a version, and lets it do the rest. */
async function install({ data, isDry }: UpgradeOptions, to: string): Promise<number> {
  const { name } = packageFile.parse(JSON.parse(await textAt(homeFolder, 'package.json')))
  // A version, a range or a tag; anything else is a tarball or a folder.
  const spec = /^[~^]?[\w.-]+$/.test(to) && !to.endsWith('.tgz') ? `${name}@${to}` : to
  say(`npm install ${spec}\n`)
  if (isDry) {
    say('That version then shows what it changes.\n')
    return 0
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const status = await run(npm, ['install', spec])
  if (status !== 0) throw new UsageError('npm could not install it. Nothing else was changed.')
  const program = join(projectFolder, 'node_modules', name, 'bin/arete.mjs')
  const options = data === undefined ? [] : ['--data', data]
  return await run(process.execPath, [program, 'upgrade', ...options])
}

async function run(command: string, args: readonly string[]): Promise<number> {
  const { ARETE_HOME: _, ...env } = process.env
  const child = spawn(command, args, { cwd: projectFolder, stdio: 'inherit', env })
  const [status] = (await once(child, 'close')) as [number | null]
  return status ?? 1
}

/** Adjusts the project to the installed version. */
async function adjust({ data, isDry }: UpgradeOptions, current: string): Promise<number> {
  const version = await readVersion()
  say(`Arete ${version} is installed.\n`)
  if (existsSync(join(projectFolder, 'wrangler.toml'))) await adjustConfig(isDry)
  await adviseTools()
  const targets: readonly DeploymentTarget[] =
    data === undefined ? await deploymentsHere(current) : [{ location: 'folder', folder: data }]
  for (const target of targets) await updateTables(target, version, isDry)
  say(`
Next:

  npm test
  npx wrangler d1 time-travel info DB   notes the point to return to, if the project is deployed
  npm run deploy                        updates the tables, then uploads the Worker

${join(homeFolder, 'CHANGELOG.md')} lists what is new,
${join(homeFolder, 'docs/upgrading.md')} what breaks.
`)
  return 0
}

/** Adds what wrangler.toml lacks, and shows it. */
async function adjustConfig(isDry: boolean): Promise<void> {
  const file = join(projectFolder, 'wrangler.toml')
  const config = await readConfig(file)
  const own = await readConfig(join(homeFolder, 'wrangler.toml'))
  const { name } = packageFile.parse(JSON.parse(await textAt(homeFolder, 'package.json')))
  const names = { name: config.name ?? 'app', packageName: name }
  const { text, difference, left } = upgradeConfig({
    text: await textAt(projectFolder, 'wrangler.toml'),
    missing: missingParts(config, own),
    sections: sectionsOf(projectConfig(await textAt(homeFolder, 'wrangler.toml'), names)),
    date: own.compatibility_date ?? '',
  })
  for (const { message, section } of left) {
    say(`\nwrangler.toml: ${message} Change [${section}] by hand.\n`)
  }
  if (difference.length === 0) {
    if (left.length === 0) say('wrangler.toml needs no change.\n')
    return
  }
  say(`\nwrangler.toml\n\n${difference.join('\n')}\n\n`)
  if (isDry) return
  await expectReadable(text)
  // The old file or the new one, never a part of it.
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
  say('These lines are written.\n')
}

async function readConfig(config: string): Promise<Unstable_Config> {
  const { unstable_readConfig } = await loadWrangler()
  return unstable_readConfig({ config })
}

/** @throws {Error} If wrangler cannot read the text, with its reason. */
async function expectReadable(text: string): Promise<void> {
  const folder = makeTemporaryFolder()
  try {
    const file = join(folder.path, 'wrangler.toml')
    await writeFile(file, text)
    await readConfig(file)
  } finally {
    folder.remove()
  }
}

const templateFile = z.object({
  dependencies: namedValues(z.string()),
  devDependencies: namedValues(z.string()),
})

/** Names packages of the project that are older than the template's. */
async function adviseTools(): Promise<void> {
  const template = templateFile.parse(JSON.parse(await textAt(homeFolder, 'template/package.json')))
  const tested = { ...template.dependencies, ...template.devDependencies }
  const older = olderTools(await installedVersions(Object.keys(tested)), tested)
  if (older.length === 0) return
  say('\nArete is tested with newer versions of these packages:\n')
  for (const { name, installed, tested: wanted } of older) {
    say(`  ${name} ${installed}, tested with ${wanted}\n`)
  }
  say(
    `  npm install --save-exact ${older.map((each) => `${each.name}@${each.tested}`).join(' ')}\n`,
  )
}

async function installedVersions(names: readonly string[]): Promise<Record<string, string>> {
  const found = names.map(async (name) => {
    const file = join('node_modules', name, 'package.json')
    if (!existsSync(join(projectFolder, file))) return []
    const { version } = packageFile.parse(JSON.parse(await textAt(projectFolder, file)))
    return [[name, version] as const]
  })
  return Object.fromEntries((await Promise.all(found)).flat())
}

/** Applies missing migrations of a deployment, after a copy of it. */
async function updateTables(
  target: DeploymentTarget,
  version: string,
  isDry: boolean,
): Promise<void> {
  const name = targetName(target)
  const { missing, unknown } = await readMigrationState(target)
  if (unknown.length > 0) {
    throw new UsageError(
      `The database of ${name} is newer than Arete ${version}, which does not know ${unknown.join(', ')}.`,
    )
  }
  if (missing.length === 0) return say(`The tables of ${name} are up to date.\n`)
  say(
    `\nThe tables of ${name} lack ${counted(missing.length, 'migration')}: ${missing.join(', ')}.\n`,
  )
  if (isDry) return
  const copy =
    target.location === 'folder'
      ? await copyDataBefore(target.folder, version)
      : await copyStateBefore(localStateFolder, version)
  say(`The data as it was is in ${copy}.\n`)
  const { close } = await openDeployment(target)
  await close()
  say('The tables are up to date.\n')
}

async function textAt(folder: string, path: string): Promise<string> {
  return await readFile(join(folder, path), 'utf8')
}
