import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { violations } from './accessibility.ts'
import { openDashboard, until } from './dashboard.ts'
import { seedMany } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seedMany(deployment.admin, 'readings', 10_000)
  const readings = await deployment.admin.collections.getOne('readings')
  await deployment.admin.collections.create({
    name: 'reports',
    type: 'base',
    fields: [
      { name: 'title', type: 'text', presentable: true },
      { name: 'due', type: 'date' },
      { name: 'main', type: 'relation', collectionId: readings.id, maxSelect: 1 },
      { name: 'others', type: 'relation', collectionId: readings.id, maxSelect: 99 },
    ],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

async function openReport(values: object, options: { timezoneId?: string } = {}) {
  const { id } = await deployment.admin
    .collection('reports')
    .create({ title: 'A report', ...values })
  const visited = await openDashboard(browser, deployment, `/c/reports/${id}`, options)
  const panel = visited.page.getByRole('complementary')
  await panel.getByRole('textbox', { name: 'title' }).waitFor()
  const stored = async (): Promise<Record<string, unknown>> =>
    await deployment.admin.collection('reports').getOne(id)
  return { ...visited, panel, stored }
}

function readingId(number: number): string {
  return `r${String(number).padStart(14, '0')}`
}

describe('S7 field editors', () => {
  it('S7.1 finds the last of 10,000 records, at most 50 a request', async ({ expect }) => {
    const { page, panel, stored } = await openReport({ others: [readingId(9000)] })
    const sizes: number[] = []
    page.on('response', (response) => {
      if (!response.url().includes('/readings/records')) return
      void response.json().then(({ items }: { items: unknown[] }) => sizes.push(items.length))
    })
    const group = panel.getByRole('group', { name: /others/ })
    await group.getByRole('button', { name: 'Choose from readings' }).click()
    const first = group.getByRole('option').first()
    await first.getByText('note 9000').waitFor()
    expect(await first.getAttribute('aria-selected')).toBe('true')
    await until(page, "document.querySelectorAll('[role=option]').length === 51")
    await page.evaluate("document.querySelector('[role=listbox]').scrollTop = 1e6")
    await until(page, "document.querySelectorAll('[role=option]').length === 101")

    await group.getByRole('combobox').fill('note 10000')
    await until(page, "document.querySelectorAll('[role=option]').length === 1")
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await group.getByText('2 of at most 99 chosen').waitFor()
    await page.keyboard.press('Escape')
    await panel.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()

    expect((await stored())['others']).toEqual([readingId(9000), readingId(10_000)])
    expect(Math.max(...sizes)).toBe(50)
    await page.context().close()
  })

  it('S7.2 shows the labels of selected records beyond the first page', async ({ expect }) => {
    const many = Array.from({ length: 60 }, (_, index) => readingId(9900 + index))
    const { page, panel } = await openReport({ main: readingId(9876), others: many })

    await panel
      .getByRole('group', { name: /main/ })
      .getByText('note 9876', { exact: true })
      .waitFor()
    await panel
      .getByRole('group', { name: /others/ })
      .getByText('note 9959', { exact: true })
      .waitFor()
    await page.getByRole('gridcell', { name: 'note 9876', exact: true }).waitFor()

    expect(await page.getByText(readingId(9876)).count()).toBe(0)
    await page.context().close()
  })

  it('S7.6 stores a date typed in local time in UTC, and shows both', async ({ expect }) => {
    const { page, panel, stored } = await openReport({}, { timezoneId: 'America/New_York' })

    await panel.getByLabel('due').fill('2026-12-24T18:30')
    await panel.getByText('Stored as 24 Dec 2026, 23:30:00 UTC').waitFor()
    await panel.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect((await stored())['due']).toBe('2026-12-24 23:30:00.000Z')
    const cell = page.getByRole('gridcell').getByText('24 Dec 2026, 18:30:00 GMT-5')
    expect(await cell.getAttribute('title')).toMatch(/^24 Dec 2026, 23:30:00 UTC/)

    await panel.getByRole('button', { name: 'Start of day' }).click()
    expect(await panel.getByLabel('due').inputValue()).toBe('2026-12-24T00:00')
    await panel.getByText('Stored as 24 Dec 2026, 05:00:00 UTC').waitFor()
    await page.context().close()
  })
})
