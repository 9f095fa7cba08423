import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/wrangler.ts'
import { serveWorkers } from './support/serve-workers.ts'

const documentedOrigin = 'http://127.0.0.1:8787'

it(
  'README.md stores, changes and opens files as it says',
  { timeout: 60_000 },
  async ({ expect }) => {
    const readme = await readFile(join(projectFolder, 'README.md'), 'utf8')
    const chapter = readme.split(/^## /m).find((part) => part.startsWith('Files\n')) ?? ''
    const blocks = [...chapter.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
    const [program = '', printed = ''] = blocks
    const { origins, database, stop } = await serveWorkers({ product: 'src/worker.ts' })

    try {
      const statements = await superuserWithPassword('admin@example.com', 'a long password')
      await database.batch(statements.map((text) => database.prepare(text)))
      const file = join(projectFolder, 'dist/readme/albums.mjs')
      await mkdir(join(file, '..'), { recursive: true })
      await writeFile(file, program.replace(documentedOrigin, origins.product))

      const { stdout } = await promisify(execFile)(process.execPath, [file])

      expect(stdout).toBe(printed)
    } finally {
      await stop()
    }
  },
)
