import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { type ServedWorkers, serveWorkers } from './serve-workers.ts'

/** The text of the README. */
export const readme = await readFile(join(projectFolder, 'README.md'), 'utf8')

/** The address of Arete in its programs. */
const documentedOrigin = 'http://127.0.0.1:8787'

/** The script of a chapter of the README: its code blocks in JavaScript, joined. */
export function programOf(chapter: string): string {
  return blocksOf(chapter, 'js').join('\n')
}

/** The output that a chapter documents for its script. */
export function outputOf(chapter: string): string {
  return blocksOf(chapter, '').join('')
}

function blocksOf(chapter: string, language: string): string[] {
  const text = readme.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? ''
  const fences = text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...fences].filter(([, found]) => found === language).map(([, , code]) => code ?? '')
}

/** A new Arete with the superuser of the README, which runs scripts of its chapters. */
export interface ReadmeServer {
  readonly database: ServedWorkers<string>['database']
  /** Runs the script of a chapter and returns its output. */
  run(chapter: string): Promise<string>
  stop(): Promise<void>
}

/** Serves Arete as after following the README up to here. */
export async function serveReadme(): Promise<ReadmeServer> {
  const { origins, database, stop } = await serveWorkers({ product: 'src/worker.ts' })
  const [, email = '', password = ''] = /superuser -- upsert (\S+) '(.+)'/.exec(readme) ?? []
  const statements = await superuserWithPassword(email, password)
  await database.batch(statements.map((text) => database.prepare(text)))
  return {
    database,
    async run(chapter) {
      const folder = join(projectFolder, 'dist/readme')
      const file = join(folder, `${chapter.split(' ')[0]?.toLowerCase()}.mjs`)
      await mkdir(folder, { recursive: true })
      await writeFile(file, programOf(chapter).replace(documentedOrigin, origins.product))
      // Scripts write files beside themselves.
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
      return stdout
    },
    stop,
  }
}
