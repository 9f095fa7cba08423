import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/wrangler.ts'
import { serveWorkers } from './support/serve-workers.ts'

const documentedOrigin = 'http://127.0.0.1:8787'

/** The blocks of a language in the README, in order; those without one are under ''. */
function blocks(readme: string, language: string): string[] {
  const fences = readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...fences].filter(([, found]) => found === language).map(([, , text]) => text ?? '')
}

it(
  'leads a newcomer to a client that reads its own records',
  { timeout: 60_000 },
  async ({ expect }) => {
    const readme = await readFile(join(projectFolder, 'README.md'), 'utf8')
    const [program = ''] = blocks(readme, 'js')
    const [printed] = blocks(readme, '')
    const [, email = '', password = ''] = /superuser -- upsert (\S+) '(.+)'/.exec(readme) ?? []
    const { origins, database, stop } = await serveWorkers({ product: 'src/worker.ts' })

    try {
      const statements = await superuserWithPassword(email, password)
      await database.batch(statements.map((text) => database.prepare(text)))
      const file = join(projectFolder, 'dist/readme/notes.mjs')
      await mkdir(join(file, '..'), { recursive: true })
      await writeFile(file, program.replace(documentedOrigin, origins.product))

      const { stdout } = await promisify(execFile)(process.execPath, [file])

      expect(stdout).toBe(printed)
    } finally {
      await stop()
    }
  },
)
