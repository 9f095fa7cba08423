import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** The recorded public types. */
export const reportFile = join(projectFolder, 'test/api-report/public-types.txt')

/** Folders that exist for applications. Of others, only the modules that an entry exports from count. */
const publicFolders = /^(?:extension|client|schema\/define)\//

const references = /\bfrom '(\.[^']+)\.js'|\bimport\("(\.[^"]+)\.js"\)/g

/**
 * The declarations of the entries, of what they export, and of what these refer to in their own folders,
 * without comments.
 *
 * @param entries the sources of the entries, as package.json has them
 * @param types the folder of the declarations
 */
export async function apiReport(entries: Iterable<string>, types: string): Promise<string> {
  const texts = new Map<string, string>()
  const waiting = [...entries].map((source) => source.replace('./src/', '').replace(/\.ts$/, ''))
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (texts.has(name)) continue
    const text = withoutComments(await readFile(join(types, `${name}.d.ts`), 'utf8'))
    texts.set(name, text)
    for (const statement of text.split(/;\n/)) {
      for (const [, from, imported = ''] of statement.matchAll(references)) {
        const module = join(dirname(name), from ?? imported)
        if (publicFolders.test(module) || statement.startsWith('export ')) waiting.push(module)
      }
    }
  }
  return [...texts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `--- ${name}\n${text}\n`)
    .join('\n')
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\n\s*(?=\n)/g, '')
    .trim()
}
