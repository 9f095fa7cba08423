import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 12 })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const path = '/operations/sql'

/** Puts a statement into the editor in place of what is there. */
async function write(page: Page, statement: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: 'SQL statement' })
  await editor.fill(statement)
  await editor.press('Escape')
}

async function run(page: Page, statement: string): Promise<void> {
  await write(page, statement)
  await page.keyboard.press('Control+Enter')
}

const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
  SELECT i, 'row ' || i AS name, CASE i % 2 WHEN 0 THEN NULL ELSE printf('%.*c', 300, 'x') END AS long FROM n`

describe('S28 SQL', () => {
  it('S28.1 shows 1,000 rows in columns as wide as their values', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or jump' }).fill('SQL')
    await page.keyboard.press('Enter')

    await run(page, numbers)
    const grid = page.getByRole('grid', { name: 'Result' })
    await grid.waitFor()

    expect(await grid.getAttribute('aria-rowcount')).toBe('1001')
    await page.getByText('The first 1,000 rows').waitFor()
    const widths = await grid
      .getByRole('columnheader')
      .evaluateAll((heads) => heads.map((head) => Math.round(head.getBoundingClientRect().width)))
    expect(widths.every((width) => width >= 72 && width <= 360)).toBe(true)
    expect(widths[0]).toBeLessThan(widths[2] ?? 0)
    expect(await grid.getByRole('row').count()).toBeLessThan(80)
    await grid.getByRole('gridcell').first().focus()
    await page.keyboard.press('Control+End')
    await grid.getByRole('gridcell', { name: 'row 1000', exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Row 1,000' }).waitFor()
    await page.keyboard.press('Escape')

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV' }).click()
    const stream = await (await download).createReadStream()
    const text = Buffer.concat(await stream.toArray()).toString()
    expect(text.split('\r\n').slice(0, 3)).toEqual([
      'i,name,long',
      `1,row 1,${'x'.repeat(300)}`,
      '2,row 2,',
    ])
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S28.2 sends no statement that writes before it is confirmed', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/api/sql')) sent.push(request.postData() ?? '')
    })

    await run(page, "-- select\nDELETE FROM comments WHERE text = 'Comment 1'")
    const dialog = page.getByRole('dialog', { name: 'Run this statement?' })
    await dialog.getByText('DELETE FROM comments').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    expect(sent).toEqual([])
    await page.getByRole('button', { name: 'Plan' }).click()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'SCAN comments' })
      .getByText('Full scan')
      .waitFor()
    sent.length = 0

    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await dialog.getByRole('button', { name: 'Run DELETE' }).click()
    await page.getByText('1 row changed').waitFor()
    expect(sent.length).toBe(1)
    const { totalItems } = await deployment.admin.collection('comments').getList()
    expect(totalItems).toBe(11)
    await page.context().close()
  })

  it('S28.3 marks a syntax error, and runs a selection alone', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)

    await run(page, 'SELECT 1 AS one;\nSELECT * FORM posts')
    await page.getByRole('alert').getByText('Select one statement').waitFor()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Shift+Home')
    await page.getByRole('button', { name: 'Run selection' }).click()
    await page.getByRole('alert').getByText('near "FORM": syntax error').waitFor()
    expect(await page.locator('.cm-lintRange-error').innerText()).toBe('FORM')
    expect(await violations(page)).toEqual([])

    await page.getByRole('textbox', { name: 'SQL statement' }).focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('columnheader', { name: 'one' }).waitFor()
    await page.reload()
    await page.getByText('FORM posts').waitFor()
    await page.context().close()
  })

  it('S28.4 is refused to accounts that are no superusers', async ({ expect }) => {
    const user = await deployment.signUp('someone@example.com')

    const refused = await user
      .send('/api/sql', { method: 'POST', body: { query: 'SELECT 1' } })
      .catch((error: { status: number }) => error.status)

    expect(refused).toBe(403)
  })

  it('keeps recent and saved queries', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    await run(page, 'SELECT count(*) FROM tags')
    await page.getByRole('grid', { name: 'Result' }).waitFor()
    await page.getByRole('button', { name: 'Save query' }).click()
    await page.getByLabel('Name').fill('Number of tags')
    await page.keyboard.press('Enter')
    await write(page, 'SELECT 2')

    await page.getByRole('button', { name: 'Queries' }).click()
    const dialog = page.getByRole('dialog', { name: 'Saved and recent queries' })
    expect(await violations(page)).toEqual([])
    expect(await dialog.getByRole('button', { name: /count/ }).count()).toBe(2)
    await dialog.getByRole('button', { name: /^Number of tags/ }).click()

    expect(await page.getByRole('textbox', { name: 'SQL statement' }).innerText()).toBe(
      'SELECT count(*) FROM tags',
    )
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))

    await run(page, 'SELECT * FROM posts')
    await page.getByRole('grid', { name: 'Result' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
