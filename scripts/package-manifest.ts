/** The parts of package.json that the npm package is made of. */
export interface PackageFile {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  /** The source of each entry. */
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  /** Node itself, for machines with an older one. */
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
}

/**
 * Packages that an application has itself. Its routes are an app of Hono, so there must not be a second
 * one, and the others are tools of the project.
 */
const peers = [
  'hono',
  'pocketbase',
  'wrangler',
  '@cloudflare/vitest-plugin',
  '@cloudflare/workers-types',
]

/** Without them the parts that need them fail, and the others work. */
const optionalPeers = peers.filter((name) => name !== 'hono')

/**
 * The package.json of the npm package.
 *
 * @param imported the packages that its code imports
 * @throws {Error} If one of them would not be installed with it.
 */
export function packageManifest(own: PackageFile, imported: readonly string[]): object {
  const missing = imported.filter((name) => !(name in own.dependencies) && !peers.includes(name))
  if (missing.length > 0) throw new Error(`No dependency: ${missing.join(', ')}.`)
  const versions = { ...own.devDependencies, ...own.dependencies }
  return {
    name: own.name,
    version: own.version,
    description: own.description,
    license: own.license,
    type: 'module',
    bin: { arete: 'bin/arete.mjs' },
    exports: {
      ...Object.fromEntries(
        Object.entries(own.exports).map(([entry, source]) => [
          entry,
          { types: typesOf(source), default: `./lib/${entryName(entry)}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    dependencies: pick(own.dependencies, (name) => imported.includes(name) && name !== 'hono'),
    optionalDependencies: own.optionalDependencies,
    peerDependencies: Object.fromEntries(peers.map((name) => [name, `^${versions[name]}`])),
    peerDependenciesMeta: Object.fromEntries(
      optionalPeers.map((name) => [name, { optional: true }]),
    ),
    engines: own.engines,
  }
}

/** The name of an entry's file: `index` for the package itself. */
export function entryName(entry: string): string {
  return entry === '.' ? 'index' : entry.slice('./'.length)
}

function typesOf(source: string): string {
  return source.replace('./src/', './types/').replace(/\.ts$/, '.d.ts')
}

function pick(
  versions: Readonly<Record<string, string>>,
  isMeant: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(versions).filter(([name]) => isMeant(name)))
}
