/*
 * Completes package-lock.json with the optional packages of other platforms, which npm leaves out
 * if the registry does not carry them. Without their entries `npm ci` rejects the lock. Their
 * digests are unknown; npm adds them if the registry carries the package.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** An entry of the lock file, limited to the properties used here. */
interface LockedPackage {
  version?: string
  integrity?: string
  cpu?: string[]
  os?: string[]
  libc?: string[]
  dev?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
  engines?: unknown
}

const lockFile = join(projectFolder, 'package-lock.json')

const systems: Record<string, string> = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  fsevents: 'darwin',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win: 'win32',
  win32: 'win32',
  windows: 'win32',
}

const processors: Record<string, string> = {
  64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
  x64: 'x64',
}

/** The folders in which Node looks for a dependency of the package at `location`, nearest first. */
function searchPath(location: string): string[] {
  const folders = []
  for (
    let at = location;
    at !== '';
    at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))
  ) {
    folders.push(`${at}/node_modules/`)
  }
  return [...folders, 'node_modules/']
}

/** The entry of a platform's package, derived from its name; undefined for all others. */
function platformEntry(name: string, version: string, isDev: boolean): LockedPackage | undefined {
  const words = name.split(/[-/]/)
  const os = words.map((word) => systems[word]).find((found) => found !== undefined)
  const cpu = words.map((word) => processors[word]).find((found) => found !== undefined)
  if (os === undefined && cpu === undefined) return undefined

  return {
    version,
    ...(cpu !== undefined && { cpu: [cpu] }),
    ...(isDev && { dev: true }),
    ...(name.includes('musl') && { libc: ['musl'] }),
    optional: true,
    ...(os !== undefined && { os: [os] }),
  }
}

function complete(packages: Record<string, LockedPackage>): number {
  let added = 0
  for (const [location, { dev = false, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const version = range.replace(/^[~^=]/, '')
      const found = searchPath(location).find((folder) => packages[folder + name] !== undefined)
      const isSatisfied = found !== undefined && packages[found + name]?.version === version
      if (isSatisfied || (found !== undefined && !/^\d/.test(range))) continue

      const entry = platformEntry(name, version, dev)
      if (entry === undefined) continue
      packages[(found === undefined ? 'node_modules/' : `${location}/node_modules/`) + name] = entry
      added += 1
    }
  }
  return added
}

/**
 * Removes the Node version that a package requires. npm would compare it with the Node that runs
 * npm and warn, although all commands of the project run in the Node among its packages.
 */
function dropEngines({ packages }: LockFile): void {
  for (const location of Object.keys(packages)) {
    if (location !== '') delete packages[location]?.engines
  }
}

interface LockFile {
  packages: Record<string, LockedPackage>
}

function readLock(): LockFile {
  return JSON.parse(readFileSync(lockFile, 'utf8')) as LockFile
}

function writeLock(lock: LockFile): void {
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)
  writeFileSync(lockFile, `${text}\n`)
}

/** The locations of packages without a digest. The first entry is the project itself. */
function withoutDigest({ packages }: LockFile): readonly string[] {
  return Object.keys(packages).filter((at) => at !== '' && packages[at]?.integrity === undefined)
}

/** Makes npm resolve packages without a digest again, in case the registry carries them by now. */
function askAgain(): void {
  const lock = readLock()
  for (const location of withoutDigest(lock)) delete lock.packages[location]
  writeLock(lock)
  const npm = ['install', '--package-lock-only', '--ignore-scripts', '--loglevel=error']
  const { status } = spawnSync('npm', npm, {
    cwd: projectFolder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new UsageError('npm could not write package-lock.json.')
}

const help = `Completes package-lock.json. Run it after every change of a dependency.

  npm run lock
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run lock -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  askAgain()
  const lock = readLock()
  const added = complete(lock.packages)
  dropEngines(lock)
  writeLock(lock)
  process.stdout.write(
    `Added ${added} packages of other platforms to package-lock.json. ` +
      `Without a digest, because this registry does not carry them: ${withoutDigest(lock).length}.\n`,
  )
  return 0
})
