import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, it } from 'vitest'

const source = join(import.meta.dirname, '../src')

/**
 * Reads the layers from the table in docs/architecture.md, from the lowest up. A new folder in src
 * has no permitted imports until it is added there.
 */
function readDirections(page: string): ReadonlyMap<string, readonly string[]> {
  const directions = new Map<string, readonly string[]>()
  const [, table = ''] = page.split('## Layers')
  const rows = [...table.matchAll(/^\| (`[^|]*?) +\| ([^|]*?) +\|$/gm)]
  for (const [, layers = '', allowed = ''] of rows) {
    const above = [...directions.keys()]
    const upTo = /^all up to `(\w+)`/.exec(allowed)?.[1]
    const ranges = allowed.startsWith('every folder above')
      ? above.filter((layer) => !namesIn(allowed.split(', save')[1] ?? '').includes(layer))
      : above.slice(0, upTo === undefined ? 0 : above.indexOf(upTo) + 1)
    const named = allowed.startsWith('every folder above, save') ? [] : namesIn(allowed)
    for (const layer of namesIn(layers)) directions.set(layer, [...ranges, ...named])
  }
  return directions
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([\w.-]+)`/g)].map(([, name = '']) => name)
}

const directions = readDirections(
  readFileSync(join(import.meta.dirname, '../docs/architecture.md'), 'utf8'),
)

/** The only layers that may import the host's modules. */
const hostLayers = ['adapters', 'cli', 'serve']

/** The entries of the package. The entry of a host imports its modules. */
const packageEntries = {
  ofEveryHost: 'extension/index.ts',
  ofHosts: [
    'extension/cloudflare.ts',
    'extension/host-worker.ts',
    'extension/node.ts',
    'extension/testing.ts',
  ],
}

/** Layers that must not know how data is stored. */
const layersWithoutDatabase = ['kernel', 'http']

/** Modules that the dashboard shares with the server, so that both decide alike. */
const sharedWithDashboard = /^(?:filter\/syntax\/|limits\/find-rate-limit\.ts$)/

const forbiddenNames = ['utils', 'helpers', 'common', 'misc', 'types']

interface SourceFile {
  readonly path: string
  /** The folder of `src` that holds the file, or the file's name if it is directly in `src`. */
  readonly layer: string
  readonly imports: readonly string[]
  /** Values imported by name, as `module name`. */
  readonly importedNames: readonly string[]
  readonly isBarrel: boolean
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(source, path), 'utf8')
  const { module } = parseSync(path, text)
  const exported = module.staticExports.flatMap(({ entries }) => entries)
  const reexported = exported.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])
  // `import('…')`, as a value or a type.
  const inline = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)/g)].flatMap(([, from]) => from ?? [])
  return {
    path,
    layer: path.split('/')[0] ?? path,
    imports: [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...reexported,
      ...inline,
    ],
    importedNames: module.staticImports.flatMap(({ entries, moduleRequest }) =>
      entries
        .filter(({ isType }) => !isType)
        .map(({ importName }) => `${moduleRequest.value} ${importName.name ?? ''}`),
    ),
    isBarrel: reexported.length > 0,
  }
}

const files = globSync('**/*.{ts,tsx}', { cwd: source })
  .map((path) => readSource(path.replaceAll('\\', '/')))
  .toSorted((a, b) => (a.path < b.path ? -1 : 1))

/** Every import that breaks a rule, as `importer -> imported`. */
function importsThat(breaks: (file: SourceFile, imported: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((imported) => breaks(file, imported))
      .map((imported) => `${file.path} -> ${imported}`),
  )
}

/** Resolves an import of our own to a path in `src`; undefined for packages. */
function resolved(file: SourceFile, imported: string): string | undefined {
  if (imported.startsWith('#')) return imported.slice(1)
  return imported.startsWith('.') ? posix.join(posix.dirname(file.path), imported) : undefined
}

/** Code that uses names from outside as keys of plain objects, as `path: code`. */
function plainObjectKeys(path: string): string[] {
  const text = readFileSync(join(source, path), 'utf8')
  const declared = text.matchAll(/(?:const|let) (\w+)(?:: [^=]+)? = (?:\{\}|Object\.fromEntries)/g)
  const plainObjects = new Set([...declared].map(([, name]) => name))
  const assigned = [...text.matchAll(/\b(\w+)\[[^\]'"]+\] (?:\?\?)?= .*/g)].filter(([, name]) =>
    plainObjects.has(name),
  )
  // Zod's record drops `__proto__`; Object.assign sets it as the prototype.
  const called = text.matchAll(/\b(?:Object\.assign\((?!process\.env|.*\{$)|z\.record\().*/gm)
  return [...assigned, ...called].map(([code]) => `${path}: ${code}`)
}

describe('the source tree', () => {
  it('makes no name from outside a key of a plain object', ({ expect }) => {
    expect(files.flatMap(({ path }) => plainObjectKeys(path))).toEqual([])
  })

  it('holds only layers that the table of import directions names', ({ expect }) => {
    const unknown = files.filter(({ layer }) => !directions.has(layer))

    expect(unknown.map(({ path }) => path)).toEqual([])
  })

  it('imports only along the table of directions', ({ expect }) => {
    const against = importsThat((file, imported) => {
      const layer = resolved(file, imported)?.split('/')[0]
      if (layer === undefined || layer === file.layer) return false
      return directions.get(file.layer)?.includes(layer) !== true
    })

    expect(against).toEqual([])
  })

  it('imports ./name.ts inside a folder and #folder/name.ts across folders', ({ expect }) => {
    const misspelt = importsThat((file, imported) => {
      if (imported.startsWith('.'))
        return !imported.startsWith('./') || !/\.(?:tsx?|css)$/.test(imported)
      const target = resolved(file, imported)
      return target !== undefined && posix.dirname(target) === posix.dirname(file.path)
    })

    expect(misspelt).toEqual([])
  })

  it('imports host modules only in adapters, the command line and entry points', ({ expect }) => {
    const strays = importsThat(
      ({ layer, path }, imported) =>
        /^(node|cloudflare):/.test(imported) &&
        !hostLayers.includes(layer) &&
        !packageEntries.ofHosts.includes(path),
    )

    expect(strays).toEqual([])
  })

  it('has no SQL in layers without storage', ({ expect }) => {
    const strays = importsThat(
      ({ layer }, imported) =>
        /^drizzle-orm(\/|$)/.test(imported) && layersWithoutDatabase.includes(layer),
    )

    expect(strays).toEqual([])
  })

  it('gives the dashboard only pure modules of the server', ({ expect }) => {
    const strays = importsThat(
      ({ layer }, imported) =>
        layer === 'dashboard' &&
        /^#(?!dashboard\/)/.test(imported) &&
        !sharedWithDashboard.test(imported.slice(1)),
    )
    const impure = files.filter(
      ({ path, imports }) =>
        sharedWithDashboard.test(path) && imports.some((imported) => !imported.startsWith('./')),
    )

    expect(strays).toEqual([])
    expect(impure.map(({ path }) => path)).toEqual([])
  })

  // `import { z }` would include every language of Zod's messages, 75 KiB gzipped.
  it('imports Zod as a namespace, so that unused parts are dropped', ({ expect }) => {
    const byName = files.filter(({ importedNames }) => importedNames.includes('zod z'))

    expect(byName.map(({ path }) => path)).toEqual([])
  })

  it('has no barrel files: a name is imported from the module that defines it', ({ expect }) => {
    // An entry point exports the classes of its Durable Objects.
    const entries = ['worker.ts', packageEntries.ofEveryHost, ...packageEntries.ofHosts]
    const modules = files.filter(({ path }) => !entries.includes(path))
    const barrels = modules.filter(
      ({ isBarrel, path }) => isBarrel || posix.basename(path) === 'index.ts',
    )

    expect(barrels.map(({ path }) => path)).toEqual([])
  })

  it('names files and folders after their content', ({ expect }) => {
    const vague = files.filter(({ path }) =>
      path.split('/').some((part) => forbiddenNames.includes(part.replace(/\..*$/, ''))),
    )

    expect(vague.map(({ path }) => path)).toEqual([])
  })
})
