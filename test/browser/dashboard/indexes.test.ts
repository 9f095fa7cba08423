import type { Browser, Locator } from 'playwright-core'
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
  const { admin } = deployment
  await admin.collections.create({
    name: 'prices',
    type: 'base',
    fields: [
      { name: 'code', type: 'text' },
      { name: 'amount', type: 'number' },
    ],
  })
  for (const amount of [1, 2, 3]) await admin.collection('prices').create({ code: 'a', amount })
  await admin.collections.create({
    name: 'cheap_prices',
    type: 'view',
    viewQuery: 'SELECT id, code, amount FROM prices WHERE amount < 3',
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** Replaces a text as a user does; the browser itself would add styles of the old one. */
async function write(editor: Locator, text: string): Promise<void> {
  await editor.press('Control+A')
  await editor.press('Delete')
  await editor.pressSequentially(text)
}

describe('S10 indexes', () => {
  it('S10.1 keeps the form when the server refuses a unique index over duplicates', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(
      browser,
      deployment,
      '/c/prices/schema/indexes',
    )
    await page.getByRole('button', { name: 'Add index' }).click()
    await page.getByLabel('Name', { exact: true }).fill('idx_code')
    await page.getByLabel(/^Unique/).check()
    const sql = page.getByLabel('SQL')
    expect(await sql.inputValue()).toBe('CREATE UNIQUE INDEX `idx_code` ON `prices` (`code`)')
    const save = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    }
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('It cannot be unique: some stored records have the same value.').waitFor()

    expect(await sql.getAttribute('aria-invalid')).toBe('true')
    expect(await sql.inputValue()).toContain('idx_code')
    expect(await violations(page)).toEqual([])

    await page.getByLabel('Add a column').selectOption('amount')
    await page.getByLabel('Condition').fill("code != ''")
    await page.getByRole('button', { name: 'Move amount up' }).click()
    await save()
    await page.getByText('Saved.').waitFor()
    const { indexes } = await deployment.admin.collections.getOne('prices')
    expect(indexes).toEqual([
      "CREATE UNIQUE INDEX `idx_code` ON `prices` (`amount`, `code`) WHERE code != ''",
    ])

    await sql.fill('CREATE INDEX `idx_other` ON `prices` (lower(`code`))')
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('idx_other')
    expect(await page.getByLabel(/^Unique/).isChecked()).toBe(false)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S10.3 shows position and message of a faulty query, and the last good sample', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(
      browser,
      deployment,
      '/c/cheap_prices/schema/query',
    )
    const rows = page.getByRole('region', { name: 'Sample of the view' }).getByRole('row')
    await expect.poll(() => rows.count()).toBe(3)
    const editor = page.getByRole('textbox', { name: 'SELECT statement' })
    await write(editor, 'SELECT id, amont FROM prices')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Line 1, character 12: no such column: amont').waitFor()

    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('amont')
    expect(await rows.count()).toBe(3)
    await page.getByText('This is from the last query that worked.').waitFor()
    expect(await violations(page)).toEqual([])

    await write(editor, 'SELECT id, amount FROM prices')
    await page.getByRole('button', { name: 'Show sample' }).click()
    await expect.poll(() => rows.count()).toBe(4)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('S10 has no obstacles on $name', async (around, { expect }) => {
    const path = '/c/users/schema/indexes'
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await page.getByLabel('SQL').first().waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
