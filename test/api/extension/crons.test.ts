import { describe, it } from 'vitest'
import type { AppDefinition } from '#extension/index.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createExtendedApp, runJobs } from '../../support/extended-app.ts'

const app: AppDefinition = {
  crons: [
    {
      id: 'sign-up',
      expression: '0 7 * * *',
      async run(arete) {
        const name = arete.now.toISOString()
        const password = 'correct-horse-battery'
        const account = { email: 'cron@example.com', password, passwordConfirm: password, name }
        await arete.records('users').create(account)
      },
    },
  ],
}

async function names(): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare('SELECT "name" FROM "users"').all()
  return results.map(({ name }) => name)
}

describe('a cron of an application', () => {
  it('runs when it is due, once, and writes records', async ({ expect }) => {
    await runJobs(app, new Date('2026-01-31T06:59:00Z'))
    const before = await names()
    await runJobs(app, new Date('2026-01-31T07:00:00Z'))
    await runJobs(app, new Date('2026-01-31T07:00:30Z'))

    expect(before).toEqual([])
    expect(await names()).toEqual(['2026-01-31T07:00:00.000Z'])
  })

  it('is listed and run by superusers', async ({ expect }) => {
    const extended = createExtendedApp(app)
    const admin = await signInSuperuser(extended)

    const list = await extended.get('/api/crons', admin)
    const run = await extended.post('/api/crons/sign-up?wait=true', {}, admin)
    const guest = await extended.post('/api/crons/sign-up')

    expect(list.body).toContainEqual({ id: 'sign-up', expression: '0 7 * * *' })
    expect([run.status, guest.status]).toEqual([204, 401])
    expect(await names()).toHaveLength(1)
  })

  it.for([
    { name: 'an id of Arete’s', cron: { id: '__pbLogsCleanup__', expression: '* * * * *' } },
    { name: 'an expression without a meaning', cron: { id: 'a', expression: 'daily' } },
  ])('is refused when the app is made, with $name', ({ cron }, { expect }) => {
    const crons = [{ ...cron, run: () => undefined }]

    expect(() => createExtendedApp({ crons })).toThrow()
  })
})
