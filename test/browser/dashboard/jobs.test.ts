import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const path = '/operations/jobs'

async function execute(statement: string): Promise<void> {
  await deployment.database.batch([deployment.database.prepare(statement)])
}

describe('S27 jobs', () => {
  it('S27.1 shows the end of a run or its error', async ({ expect }) => {
    await execute(`INSERT INTO _crons (id, last_run) VALUES ('__pbMFACleanup__', 1796040000)
      ON CONFLICT DO UPDATE SET last_run = 1796040000`)
    const { page, complaints, strays } = await openDashboard(browser, deployment, path)
    const entry = page.getByRole('listitem').filter({ hasText: 'Clean up sign-ins' })
    await entry.getByText('Last scheduled run 30 Nov 2026, 12:00:00 UTC').waitFor()
    await entry.getByText('Every hour, at minute 00').waitFor()

    await entry.getByRole('button', { name: 'Run now: Clean up sign-ins' }).click()
    await entry
      .getByRole('status')
      .getByText(/^Finished in \d+ ms\.$/)
      .waitFor()
    await execute('ALTER TABLE "_mfas" RENAME TO "gone"')
    await entry.getByRole('button', { name: 'Run now: Clean up sign-ins' }).click()
    await entry.getByRole('alert').getByText('no such table: _mfas').waitFor()
    expect(await violations(page)).toEqual([])
    await execute('ALTER TABLE "gone" RENAME TO "_mfas"')

    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it.for(surroundings)('S27.2 names its own jobs as such, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    const jobs = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem')
    await jobs.first().waitFor()

    const { length } = await deployment.admin.crons.getFullList()
    expect(await jobs.count()).toBe(length)
    expect(await jobs.getByText('Arete', { exact: true }).count()).toBe(length)
    expect(await jobs.filter({ hasText: '__' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
