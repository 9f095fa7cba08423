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

/** Calls of functions that an application had. */
async function addCalls(): Promise<void> {
  await execute(`INSERT OR REPLACE INTO "_deliveries"
    ("id", "event", "endpoint", "recordRef", "ordered", "state", "attempts", "due", "error", "tookMs", "attempted", "created", "payload")
    VALUES
    ('msg_resize', 0, 'task:resize', '', 0, 'dead', 9, 4000000000, 'The image has no end.', 12, 1796040000, 1796030000, '{"picture":7}'),
    ('msg_announce', 0, 'hook:posts:announce', 'post00000000001', 0, 'done', 1, 4000000000, NULL, 30, 1796040000, 1796030001, NULL)`)
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

  it('S27 lists tasks and hooks with their calls, and runs one again', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(
      browser,
      deployment,
      '/operations/tasks',
    )
    await page.getByRole('heading', { name: 'No tasks or durable hooks' }).waitFor()
    await addCalls()
    await page.keyboard.press('r')

    const list = page.getByRole('list', { name: 'Tasks and durable hooks' })
    const task = list.getByRole('listitem').filter({ hasText: 'resize' })
    await task.getByText('1 given up').waitFor()
    await task.getByText('Not in the application any more').waitFor()
    await list.getByText('Hook of posts').waitFor()
    const calls = page.getByRole('list', { name: 'Calls' }).getByRole('listitem')
    await calls.first().waitFor()
    expect(await calls.count()).toBe(2)
    await task.getByRole('button', { name: 'Show calls of resize' }).click()
    await page.getByText('1 call', { exact: true }).waitFor()
    await page.getByLabel('State').selectOption('Done')
    await page.getByText('No call matches this filter').waitFor()
    await page.getByLabel('State').selectOption('Given up')
    await calls.getByText('The image has no end.').waitFor()
    expect(await violations(page)).toEqual([])

    await calls.getByRole('button', { name: 'Details of msg_resize' }).click()
    const dialog = page.getByRole('dialog', { name: 'Call' })
    await dialog.getByText('{"picture":7}').waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Run again' }).click()
    await dialog.getByText('The call runs again.').waitFor()
    const row = await deployment.database
      .prepare(`SELECT "attemptsBefore" FROM "_deliveries" WHERE "id" = 'msg_resize'`)
      .first<{ attemptsBefore: number }>()
    expect(row?.attemptsBefore).toBeGreaterThan(0)
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S27 has no obstacles in the list of calls on a phone', async ({ expect }) => {
    await addCalls()
    for (const around of surroundings.filter(({ width }) => width < 640)) {
      const options = optionsOf(around)
      const { page } = await openDashboard(browser, deployment, '/operations/tasks', options)
      await page.getByRole('list', { name: 'Calls' }).waitFor()
      expect(await violations(page)).toEqual([])
      expect(await scrollsSideways(page)).toBe(false)
      await page.context().close()
    }
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
