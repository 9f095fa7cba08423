import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 9 })
  await deployment.admin.collections.create({
    name: 'people',
    type: 'base',
    fields: [
      { name: 'code', type: 'text', required: true, presentable: true },
      { name: 'age', type: 'number', max: 150 },
      { name: 'joined', type: 'date' },
    ],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** Chooses a file on the screen of the import, and goes on to its columns. */
async function chooseFile(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content)
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer })
}

async function goOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Continue with/ }).click()
  await page.getByRole('heading', { name: 'Columns' }).waitFor()
}

/** The text of the file that a click saves. */
async function savedFile(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return await readFile(await download.path(), 'utf8')
}

describe('S8 import and export', () => {
  it('S8.1 imports 993 of 1,000 rows, lists the other 7, and imports them when corrected; S8.4 asks before the tab closes', async ({
    expect,
  }) => {
    const rows = Array.from({ length: 1000 }, (_, index) => [
      `p${index}`,
      `${index % 90}`,
      '2026-01-05',
    ])
    for (const index of [10, 20, 30, 40]) rows[index] = [`p${index}`, '200', '']
    rows[50] = ['p50', 'old', '']
    rows[60] = ['p60', '1', 'someday']
    rows[70] = ['', '1', '']
    const csv = ['code,age,joined', ...rows.map((row) => row.join(','))].join('\n')
    const { page, complaints } = await openDashboard(browser, deployment, '/c/people/import')
    await chooseFile(page, 'people.csv', csv)
    await goOn(page)
    await page.getByText('3 of 1,000 rows cannot be imported as they are').waitFor()
    expect(await violations(page)).toEqual([])

    await page.getByRole('button', { name: 'Import 997 rows' }).click()
    await page.getByRole('progressbar').waitFor()
    const asked = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()

    await page
      .getByText('993 created, 0 updated, 0 unchanged, 7 failed.')
      .waitFor({ timeout: 120_000 })
    const lines = await page
      .getByRole('main')
      .getByText(/^Line \d+$/)
      .allInnerTexts()
    expect(lines).toEqual([12, 22, 32, 42, 52, 62, 72].map((line) => `Line ${line}`))
    expect(await violations(page)).toEqual([])
    const people = deployment.admin.collection('people')
    expect((await people.getList(1, 1)).totalItems).toBe(993)

    const failed = await savedFile(page, 'Save 7 rows as a file')
    expect(failed.split('\r\n')[0]).toBe('code,age,joined,error')
    const corrected = failed
      .replaceAll(/,200,/g, ',20,')
      .replace(',old,', ',30,')
      .replace(',someday,', ',2026-01-01,')
      .replace(/^,1,/m, 'p70,1,')
    await page.reload()
    await chooseFile(page, 'corrected.csv', corrected)
    await goOn(page)
    await page.getByText('Not imported: error.').waitFor()
    await page.getByRole('button', { name: 'Import 7 rows' }).click()
    await page.getByText('7 created, 0 updated, 0 unchanged, 0 failed.').waitFor()
    expect((await people.getList(1, 1)).totalItems).toBe(1000)
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
    await page.context().close()
  })

  it('S8.2 gives equal records in an empty copy, and S8.3 exports a formula as text', async ({
    expect,
  }) => {
    const posts = await deployment.admin.collections.getOne('posts')
    const { id: _, created, updated, system, indexes, ...definition } = posts
    const fields = posts.fields.map(({ id: __, ...field }) => field)
    await deployment.admin.collections.create({ ...definition, name: 'posts_copy', fields })
    const [first] = (await deployment.admin.collection('posts').getList(1, 1)).items
    await deployment.admin.collection('posts').update(first?.id ?? '', {
      title: '=1+1',
      body: '<p>Two\nlines, "quoted"</p>',
      meta: ['a', { b: null }],
    })
    const { page, complaints } = await openDashboard(browser, deployment, '/c/posts')
    await page.getByRole('main').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Export' }).click()
    await page.getByRole('dialog').getByText('Files and passwords do not move').waitFor()
    expect(await violations(page)).toEqual([])
    const csv = await savedFile(page, 'Export')
    expect(csv).toContain(",'=1+1,")

    await page.goto(`${deployment.origin}/_/c/posts_copy/import`)
    await page.getByText('Files and passwords do not move').waitFor()
    await chooseFile(page, 'posts.csv', csv)
    await goOn(page)
    await page.getByText('Not imported: images, created, updated.').waitFor()
    await page.getByRole('button', { name: 'Import 9 rows' }).click()
    await page.getByText('9 created, 0 updated, 0 unchanged, 0 failed.').waitFor()
    const compared = async (name: string): Promise<unknown[]> => {
      const records = await deployment.admin.collection(name).getFullList({ sort: 'id' })
      return records.map(
        ({ collectionId, collectionName, created: c, updated: u, images, ...rest }) => rest,
      )
    }
    expect(await compared('posts_copy')).toEqual(await compared('posts'))

    // Imported again by their ids, nothing changes.
    await page.reload()
    await chooseFile(page, 'posts.csv', csv)
    await goOn(page)
    await page.getByRole('radio', { name: /Update records that exist, create/ }).check()
    await page.getByRole('button', { name: 'Import 9 rows' }).click()
    const result = page.getByRole('status').getByText(/ created, /)
    expect(await result.innerText()).toBe('0 created, 0 updated, 9 unchanged, 0 failed.')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S8.5 recognises a file of an old spreadsheet', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/people/import', {
      viewport: { width: 375, height: 740 },
    })

    await chooseFile(page, 'old.csv', Buffer.from('code;age\r\nJ\xfcrgen;41\r\n', 'latin1'))
    await page.getByRole('cell', { name: 'Jürgen' }).waitFor()
    expect(await page.getByLabel('Encoding').inputValue()).toBe('windows-1252')
    expect(await page.getByLabel('Separator').inputValue()).toBe(';')
    await page.getByText('The file is not in UTF-8.', { exact: false }).waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await goOn(page)
    expect(await scrollsSideways(page)).toBe(false)
    await page.getByRole('button', { name: 'Import 1 row' }).click()
    await page.getByText('1 created, 0 updated, 0 unchanged, 0 failed.').waitFor()

    const found = await deployment.admin.collection('people').getFullList({ filter: 'age = 41' })
    expect(found.some(({ code }) => code === 'Jürgen')).toBe(true)
    await page.context().close()
  })
})
