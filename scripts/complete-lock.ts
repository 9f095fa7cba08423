/*
 * Completes package-lock.json with the optional packages of other platforms, which npm leaves out
 * where the registry it asked does not carry them. Without their entries `npm ci` refuses the lock.
 * Run after every change of a dependency: npm run lock
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An entry of the lock file, as far as it matters here. */
interface LockedPackage {
  version?: string
  cpu?: string[]
  os?: string[]
  libc?: string[]
  dev?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
}

const lockFile = join(import.meta.dirname, '../package-lock.json')

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

/** The folders in which Node would look for a dependency of the package at `location`, nearest first. */
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

/** The entry of a platform's package, told from the words of its name; undefined for all others. */
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

const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as {
  packages: Record<string, LockedPackage>
}
const added = complete(lock.packages)
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)),
)
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`Added ${added} packages of other platforms to package-lock.json.\n`)
