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

  it('stores, changes and opens files', async ({ expect }) => {
    expect(await server.run('Files')).toBe(outputOf('Files'))
  })

  it('receives changes', async ({ expect }) => {
    expect(await server.run('Realtime')).toBe('create Only the owner receives this\n')
  })

  it('leads a superuser through settings, logs, jobs, health and SQL', async ({ expect }) => {
    const documented = outputOf('Operations')
    const [, message = '', status = '', error = ''] =
      /^(GET \S+) (\d+) (.+)$/m.exec(documented) ?? []
    const data = JSON.stringify({ status: Number(status), error })
    await server.database
      .prepare(`INSERT INTO "_logs" VALUES ('a', 8, ?, ?, '2026-01-02 10:00:00.000Z')`)
      .bind(message, data)
      .run()

    const printed = await server.run('Operations')

    // Earlier requests may have failed, and the number of users depends on the chapters that ran.
    const linesOf = (text: string) =>
      text
        .replace(/(?<=users: |requests: )\d+/gi, 'N')
        .replace(/, __.*|, …/g, '')
        .split('\n')
    expect(linesOf(printed)).toEqual(expect.arrayContaining(linesOf(documented)))
  })

  it('makes a backup and restores it', async ({ expect }) => {
    expect(await server.run('Backups')).toBe(outputOf('Backups'))
  })
})
