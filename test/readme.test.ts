import { afterAll, beforeAll, describe, it } from 'vitest'
import { outputOf, type ReadmeServer, serveReadme } from './support/readme-program.ts'

const firstChapter = 'Five minutes to a signed-in client'

let server: ReadmeServer
beforeAll(async () => {
  server = await serveReadme()
}, 60_000)
afterAll(async () => {
  await server.stop()
})

describe('README.md, read from the first chapter to the last,', () => {
  it('leads a newcomer to a client that reads its own records', async ({ expect }) => {
    expect(await server.run(firstChapter)).toBe(outputOf(firstChapter))
  })

  it('stores, changes and opens files as it says', async ({ expect }) => {
    expect(await server.run('Files')).toBe(outputOf('Files'))
  })

  it('hears of changes', async ({ expect }) => {
    expect(await server.run('Realtime')).toBe('create Heard by its owner alone\n')
  })

  it('leads a superuser through settings, logs, jobs, health and SQL', async ({ expect }) => {
    const entry = `INSERT INTO "_logs" VALUES ('a', 8, 'GET /api/x', '{"status":404,"error":"No."}', '2026-01-02 10:00:00.000Z')`
    await server.database.prepare(entry).run()

    const printed = (await server.run('Operations')).split('\n')

    expect(printed).toEqual(
      expect.arrayContaining([
        'Settings: Notes notes undefined',
        'GET /api/x 404 No.',
        expect.stringMatching(/^Hours with requests: \d$/),
        expect.stringMatching(/^Jobs: __pbDBOptimize__ \(0 0 \* \* \*\), /),
        'API is healthy. Seen from 127.0.0.1',
        expect.stringMatching(/^Users: \d$/),
      ]),
    )
  })

  it('makes a backup and restores it', async ({ expect }) => {
    expect(await server.run('Backups')).toBe('Made: true\n')
  })
})
