import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 3 })
  const guest = deployment.client()
  await guest.collection('posts').getList(1, 2, { filter: 'views >= 0' })
  await guest.collection('comments').getList().catch(ignore)
  await guest.collection('posts').getOne('missing00000000').catch(ignore)
  await guest.collection('authors').authWithPassword('author1@example.com', 'wrong').catch(ignore)
  await guest.collection('authors').authWithPassword('author1@example.com', password)
  await guest.send('/api/health', { query: { token: guest.authStore.token } })
  await waitForLogs(6)
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

function ignore(): void {
  // The refusal is what the log has to show.
}

/** Entries are written some seconds after the response. */
async function waitForLogs(count: number): Promise<void> {
  const until = Date.now() + 60_000
  while (Date.now() < until) {
    const { totalItems } = await deployment.admin.logs.getList(1, 1, {
      filter: 'data.auth != "_superusers"',
    })
    if (totalItems >= count) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('The log entries did not arrive.')
}

const rows = (page: Page) => page.getByRole('region', { name: 'Logs' }).locator('tbody tr')

describe('S23 logs', () => {
  it('S23.1 has filter, range and zoom in the address', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/logs')
    await rows(page).first().waitFor()

    await page.getByLabel('Filter', { exact: true }).fill('data.status >= 400')
    await page.getByLabel('Filter', { exact: true }).press('Enter')
    await page.getByText('Showing', { exact: false }).waitFor({ state: 'detached' })
    await page.waitForURL(/filter=data\.status/)
    await page.getByLabel('Time range').selectOption('Last 7 days')
    await page.waitForURL(/range=week/)
    await page.getByText('Show as a table').click()
    await page
      .getByRole('button', { name: /^Show the requests of/ })
      .first()
      .click()
    await page.waitForURL(/from=.+&to=/)
    const other = await page.context().newPage()
    await other.goto(page.url())
    await rows(other).first().waitFor()

    expect(await other.getByLabel('Filter', { exact: true }).inputValue()).toBe(
      'data.status >= 400',
    )
    expect(await other.getByLabel('Time range').inputValue()).toBe('week')
    await other.getByRole('button', { name: 'Show the whole range' }).waitFor()
    const statuses = await rows(other).locator('td:nth-child(2)').allTextContents()
    expect(statuses.every((status) => Number(status) >= 400)).toBe(true)
    await page.goBack()
    await page.getByRole('button', { name: 'Show the whole range' }).waitFor({ state: 'detached' })
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S23.1 takes words as a search, and reports a filter that is none', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/logs?filter=missing00000000')
    await rows(page).first().waitFor()
    const messages = await rows(page).locator('td:nth-child(3) a').allTextContents()

    await page.getByLabel('Filter', { exact: true }).fill('data.status >=')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('alert').filter({ hasText: 'could not be applied' }).waitFor()

    expect(messages).toEqual(['GET /api/collections/posts/records/missing00000000'])
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S23.2 shows the rows that a request read, and sorts by them', async ({ expect }) => {
    const fields = [{ name: 'name', type: 'text' }]
    await deployment.admin.collections.create({ name: 'scans', type: 'base', listRule: '', fields })
    await deployment.admin.send('/api/sql', {
      method: 'POST',
      body: {
        query: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
          INSERT INTO scans (id, name) SELECT printf('manyrows%07d', i), 'row ' || i FROM n`,
      },
    })
    await deployment.client().collection('scans').getList(1, 1, { filter: 'name ~ "none"' })
    await waitForLogs(7)
    const { page } = await openDashboard(browser, deployment, '/logs')
    await rows(page).first().waitFor()

    await page.getByRole('button', { name: 'Rows read' }).first().click()
    await page.waitForURL(/sort=/)
    await rows(page).first().getByText('/api/collections/scans/records').waitFor()

    const read = await rows(page).first().locator('td:nth-child(6)').textContent()
    expect(Number(read?.replaceAll(',', ''))).toBeGreaterThanOrEqual(10_000)
    await page.getByText('Routes', { exact: true }).click()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: /^Show the requests to GET .*records$/ }).click()
    await page.waitForURL(/filter=data\.route/)
    await page.context().close()
  })

  it('S23.3 has the numbers of the bars in a table', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/logs')
    const bars = page.locator('section[aria-label="Requests over time"] [title]')
    await bars.first().waitFor()
    await page.getByText('Show as a table').click()

    const drawn = await bars.evaluateAll((all) =>
      all.map((bar) => bar.getAttribute('title')?.match(/: (.*)/)?.[1]),
    )
    const cells = await page
      .getByRole('region', { name: 'Requests over time' })
      .locator('tbody tr')
      .evaluateAll((all) =>
        all.map((row) => {
          const [ok, refused, failed, p95] = [...row.querySelectorAll('td')].map(
            (cell) => cell.textContent,
          )
          return `${ok} OK, ${refused} refused, ${failed} failed, p95 ${p95}`
        }),
      )

    expect(cells.toReversed()).toEqual(drawn)
    expect(drawn.at(-1)).toMatch(/^[1-9]\d* OK, 3 refused, 0 failed, p95 [\d.]+ ms$/)
    await page.context().close()
  })

  it('S23.4 stops live reading while an entry is open or the pointer is in the list', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/logs?live=1')
    await rows(page).first().waitFor()
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()

    await rows(page).first().hover()
    await page.getByRole('button', { name: 'Live, paused' }).waitFor()
    await rows(page).first().getByRole('link').click()
    await page.getByRole('complementary', { name: 'Log entry' }).waitFor()
    await page.mouse.move(0, 0)

    expect(await page.getByRole('button', { name: 'Live, paused' }).count()).toBe(1)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
    await page.waitForFunction('document.activeElement.tagName === "A"')
    await page.context().close()
  })

  it('S23.5 shows no token and no password', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/logs?superusers=1')
    await rows(page).first().waitFor()
    await page.getByLabel('Filter', { exact: true }).fill('health?token')
    await page.getByRole('button', { name: 'Apply' }).click()
    await rows(page)
      .getByRole('link', { name: /health\?token/ })
      .first()
      .click()
    await page.getByRole('complementary').getByText('User agent').waitFor()

    const text = await page.evaluate<string>('document.body.innerText')

    expect(text).toContain('/api/health?token=')
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/)
    expect(text).not.toContain(password)
    await page.context().close()
  })

  it('says why the list is empty, and offers more', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/logs?filter=nothingofthesort')
    await page.getByRole('heading', { name: 'No request matches this filter' }).waitFor()

    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Clear filter' }).click()
    await rows(page).first().waitFor()
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/logs', optionsOf(around))
    await rows(page).first().waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.getByText('Show as a table').click()
    expect(await violations(page)).toEqual([])
    await rows(page).first().getByRole('link').click()
    await page.getByRole('complementary').getByText('User agent').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
