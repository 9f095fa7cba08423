/*
 * The files of a folder with static assets, by the rules of Workers: `.assetsignore` names what is not
 * served, in the syntax of .gitignore, and `_headers` the headers of paths.
 *
 * The folder is listed, and only listed paths are served. So no path can leave the folder, whatever
 * the file system thinks of its letters. Symbolic links are not followed.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join, matchesGlob } from 'node:path'

/** The files of a folder. */
export interface StaticListing {
  /** By their paths, such as `/about.html`. */
  readonly files: ReadonlyMap<string, string>
  readonly headers: readonly HeaderRule[]
}

/** Headers for the paths that match. */
export interface HeaderRule {
  readonly path: RegExp
  readonly headers: readonly (readonly [string, string])[]
}

const ignoreFile = '.assetsignore'
const headersFile = '_headers'

/** Files that configure the serving, and are never served. */
const ownFiles: readonly string[] = [ignoreFile, headersFile, '_redirects']

/** The rules without an `.assetsignore`. */
const usualRules = '.*\n!.well-known'

/** Lists a folder. A missing folder has no files. */
export async function listStaticFolder(folder: string): Promise<StaticListing> {
  const rules = readRules((await textOf(join(folder, ignoreFile))) ?? usualRules)
  const headers = readHeaderRules((await textOf(join(folder, headersFile))) ?? '')
  const files = new Map<string, string>()

  async function list(path: string): Promise<void> {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const under = `${path}${entry.name}`
      if (isIgnored(rules, under) || (path === '/' && ownFiles.includes(entry.name))) continue
      if (entry.isDirectory()) await list(`${under}/`)
      else if (entry.isFile()) files.set(under, join(folder, under))
    }
  }
  await list('/')
  return { files, headers }
}

async function textOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}

interface IgnoreRule {
  readonly glob: string
  readonly isIncluding: boolean
}

function readRules(text: string): IgnoreRule[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isIncluding = line.startsWith('!')
      const pattern = line.slice(isIncluding ? 1 : 0).replace(/\/$/, '')
      // A pattern with a slash is about paths from the root, one without about names anywhere.
      const glob = pattern.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`
      return { glob, isIncluding }
    })
}

/** The last rule that matches decides. What is in an ignored folder is never asked about. */
function isIgnored(rules: readonly IgnoreRule[], path: string): boolean {
  const relative = path.slice(1)
  const rule = rules.findLast(({ glob }) => matchesGlob(relative, glob))
  return rule !== undefined && !rule.isIncluding
}

/** @see https://developers.cloudflare.com/workers/static-assets/headers/ */
function readHeaderRules(text: string): HeaderRule[] {
  const rules: { path: RegExp; headers: [string, string][] }[] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name, value] = /^\s+([\w-]+):\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) {
      rules.push({ path: pathPattern(line.trim()), headers: [] })
    } else {
      rules.at(-1)?.headers.push([name, value])
    }
  }
  return rules
}

/** `*` stands for any text, `:name` for a part of the path. */
function pathPattern(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('*', '.*').replace(/:\w+/g, '[^/]+')}$`)
}
