import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { dashboardFolder, updateDashboard } from './dashboard-build.ts'

/** A chunk in Vite's manifest. */
interface ManifestChunk {
  readonly file: string
  readonly name?: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
  readonly isEntry?: boolean
  readonly isDynamicEntry?: boolean
}

type Manifest = Readonly<Record<string, ManifestChunk>>

/** A size with a limit. */
export interface BudgetLine {
  readonly name: string
  readonly bytes: number
  readonly limitBytes: number
}

const kib = 1024
const firstScreen = ['index.html', 'records/records-screen.tsx']
const maxChunkBytes = 130 * kib
/** Chunks that may be larger, since they load only when a user edits such a value. */
const largeChunks: Readonly<Record<string, number>> = {
  'rich-text': 160 * kib,
  // All of Swagger UI, on the page of the API.
  'swagger-view': 480 * kib,
}

/**
 * Measures what a browser loads for the table of records, and the largest other chunk, against
 * their limits. Fonts count uncompressed, everything else gzipped.
 */
export async function measureDashboard(): Promise<readonly BudgetLine[]> {
  await updateDashboard()
  const text = readFileSync(join(dashboardFolder, '.vite/manifest.json'), 'utf8')
  const manifest = JSON.parse(text) as Manifest
  const first = reached(manifest, firstScreen)
  const files = first.map((key) => manifest[key]).filter((chunk) => chunk !== undefined)
  const styles = new Set(files.flatMap(({ css = [] }) => css))
  const fonts = Object.values(manifest).filter(({ file }) => /-latin-wght.*\.woff2$/.test(file))
  const lazy = Object.keys(manifest).filter(
    (key) => !first.includes(key) && manifest[key]?.file.endsWith('.js'),
  )
  return [
    {
      name: 'JavaScript of the first screen',
      bytes: sum(files.map(({ file }) => gzipBytes(file))),
      limitBytes: 200 * kib,
    },
    {
      name: 'style sheets of the first screen',
      bytes: sum([...styles].map(gzipBytes)),
      limitBytes: 30 * kib,
    },
    {
      name: 'fonts of the first screen',
      bytes: sum(fonts.map(({ file }) => content(file).length)),
      limitBytes: 60 * kib,
    },
    ...lazy.map((key) => chunkLine(manifest[key] as ManifestChunk)),
  ]
}

function chunkLine({ file, name = file }: ManifestChunk): BudgetLine {
  const limitBytes = largeChunks[name] ?? maxChunkBytes
  return { name: `chunk ${name}`, bytes: gzipBytes(file), limitBytes }
}

/** The chunks that are loaded with these, by key. */
function reached(manifest: Manifest, keys: readonly string[]): string[] {
  const found = new Set<string>()
  const add = (key: string): void => {
    if (found.has(key)) return
    found.add(key)
    for (const imported of manifest[key]?.imports ?? []) add(imported)
  }
  for (const key of keys) add(key)
  return [...found]
}

function content(file: string): Buffer {
  return readFileSync(join(dashboardFolder, file))
}

function gzipBytes(file: string): number {
  return gzipSync(content(file), { level: 9 }).length
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
