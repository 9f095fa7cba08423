import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/wrangler.ts'
import { programOf } from './support/readme-program.ts'
import { serveWorkers } from './support/serve-workers.ts'

it(
  'leads a superuser through settings, logs, jobs, health and SQL',
  { timeout: 60_000 },
  async ({ expect }) => {
    const readme = await readFile(join(projectFolder, 'README.md'), 'utf8')
    const program = programOf(readme, 'Operations')
    const [, email = '', password = ''] = /superuser -- upsert (\S+) '(.+)'/.exec(readme) ?? []
    const { origins, database, stop } = await serveWorkers({ operations: 'src/worker.ts' })

    try {
      const statements = await superuserWithPassword(email, password)
      const entry = `INSERT INTO "_logs" VALUES ('a', 8, 'GET /api/x', '{"status":404,"error":"No."}', '2026-01-02 10:00:00.000Z')`
      await database.batch([...statements, entry].map((text) => database.prepare(text)))
      const file = join(projectFolder, 'dist/readme/operations.mjs')
      await mkdir(join(file, '..'), { recursive: true })
      await writeFile(file, program.replace('http://127.0.0.1:8787', origins.operations))

      const { stdout } = await promisify(execFile)(process.execPath, [file])

      expect(stdout.split('\n')).toEqual([
        'Settings: Notes notes undefined',
        'GET /api/x 404 No.',
        'Hours with requests: 1',
        expect.stringMatching(/^Jobs: __pbDBOptimize__ \(0 0 \* \* \*\), /),
        'API is healthy. Seen from 127.0.0.1',
        'Users: 0',
        '',
      ])
    } finally {
      await stop()
    }
  },
)
