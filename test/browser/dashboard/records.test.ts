import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, signedIn, surroundings, until } from './dashboard.ts'
import { seed, seedMany } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 30 })
  await seedMany(deployment.admin, 'readings', 10_000)
  await seedMany(deployment.admin, 'removals', 250)
  await deployment.admin.collections.create({
    name: 'keepers',
    type: 'base',
    fields: [
      {
        name: 'kept',
        type: 'relation',
        collectionId: (await deployment.admin.collections.getOne('removals')).id,
        required: true,
        maxSelect: 1,
      },
    ],
  })
  const { items } = await deployment.admin.collection('removals').getList(1, 3, { sort: 'value' })
  for (const { id } of items) await deployment.admin.collection('keepers').create({ kept: id })
  await deployment.admin.collections.create({
    name: 'wide',
    type: 'base',
    fields: Array.from({ length: 60 }, (_, index) => ({ name: `field${index}`, type: 'text' })),
  })
  await deployment.admin.collection('wide').create({ field1: 'one' })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

function requestsOf(page: Page): URL[] {
  const seen: URL[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname.startsWith('/api/')) seen.push(url)
  })
  return seen
}

describe('S5 record table', () => {
  it('S5.1 shows the first of 10,000 rows after at most 4 calls of at most 100', async ({
    expect,
  }) => {
    const { page, complaints, strays } = await signedIn(browser, deployment)
    const seen = requestsOf(page)

    await page.goto(`${deployment.origin}/_/c/readings?sort=value`)
    await page.getByRole('gridcell', { name: 'note 1', exact: true }).waitFor()

    expect(seen.length).toBeLessThanOrEqual(5)
    const lists = seen.filter(({ pathname }) => pathname.endsWith('/readings/records'))
    const sizes = lists.map(({ searchParams }) => Number(searchParams.get('perPage')))
    expect(Math.max(...sizes)).toBe(100)
    // The total is counted beside the rows, which do not wait for it.
    expect(seen.length - lists.length + 1).toBeLessThanOrEqual(4)
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S5.2 holds at most 80 rows in the document when scrolled far down', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/readings?sort=value')
    const grid = page.getByRole('grid')
    await grid.waitFor()

    for (let rows = 100; rows < 1000; rows += 100) {
      await page.evaluate("document.querySelector('[role=grid]').parentElement.scrollTop = 1e6")
      await page.getByText(`${(rows + 100).toLocaleString('en')} of 10,000 records`).waitFor()
    }
    await page.evaluate("document.querySelector('[role=grid]').parentElement.scrollTop = 1e6")
    await page.getByRole('gridcell', { name: 'note 1000', exact: true }).waitFor()

    const count = await page.evaluate<number>("document.querySelectorAll('[role=row]').length")
    expect(count).toBeLessThanOrEqual(80)
    const row = page.getByRole('row').filter({ hasText: 'note 1000' })
    expect(await row.getAttribute('aria-rowindex')).toBe('1001')
    expect(await grid.getAttribute('aria-rowcount')).toBe('10001')
    await page.context().close()
  })

  it('S5.4 shows the same filter and sort at a copied address', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts')
    await page.getByRole('textbox', { name: 'Filter' }).fill('views > 50000')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'title' }).click()
    await page.waitForURL(/sort=title/)
    const address = page.url()
    const other = await page.context().newPage()

    await other.goto(address)
    await other.getByRole('gridcell').first().waitFor()

    expect(await other.getByRole('textbox', { name: 'Filter' }).inputValue()).toBe('views > 50000')
    const header = other.getByRole('columnheader', { name: 'title' })
    expect(await header.getAttribute('aria-sort')).toBe('ascending')
    await page.context().close()
  })

  it('S5.5 keeps scroll and pages after a save in the panel, and shows the new value', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/readings?sort=value')
    await page.getByRole('grid').waitFor()
    await page.evaluate("document.querySelector('[role=grid]').parentElement.scrollTop = 2000")
    await page.getByRole('gridcell', { name: 'note 55', exact: true }).click()
    const panel = page.getByRole('complementary')
    await panel.getByLabel('note').fill('changed here')
    const scroll = "document.querySelector('[role=grid]').parentElement.scrollTop"
    const before = await page.evaluate(scroll)
    const seen = requestsOf(page)

    await page.keyboard.press('Control+s')
    await page.getByRole('gridcell', { name: 'changed here', exact: true }).waitFor()

    expect(await page.evaluate(scroll)).toBe(before)
    expect(seen.some(({ searchParams }) => searchParams.get('perPage') === '100')).toBe(false)
    await deployment.admin.collection('readings').update('r00000000000055', { note: 'note 55' })
    await page.context().close()
  })

  it('S5.7 changes nothing by a digit with a modifier', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts')
    await page
      .getByRole('gridcell', { name: /^Bright/ })
      .first()
      .focus()
    const writes: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') writes.push(request.url())
    })

    for (const key of ['Control+5', 'Meta+1', 'Control+Delete', 'Alt+3']) {
      await page.keyboard.press(key)
    }

    expect(writes).toEqual([])
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.context().close()
  })

  it('S5.8 deletes what can be, lists what cannot with the reason, and keeps it selected', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/removals?sort=value')
    await page.getByRole('gridcell', { name: 'note 1', exact: true }).waitFor()
    for (const loaded of ['200 of 250', '250']) {
      await page.evaluate("document.querySelector('[role=grid]').parentElement.scrollTop = 1e6")
      await page.getByText(`${loaded} records`, { exact: true }).waitFor()
    }
    await page.getByRole('gridcell').nth(1).focus()
    await page.keyboard.press('Control+a')
    await page.getByRole('button', { name: 'Delete 250 records' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 records of keepers require it in kept').waitFor()

    await dialog.getByRole('button', { name: 'Delete 250 records' }).click()
    await page.getByText('247 of 250 records were deleted.').waitFor()

    expect(await page.getByRole('dialog').getByRole('listitem').count()).toBe(3)
    await page.getByRole('dialog').getByText('Close').click()
    await page.getByText('3 records selected').waitFor()
    expect((await deployment.admin.collection('removals').getFullList()).length).toBe(3)
    await page.context().close()
  })

  it('S5.9 marks a fault of a filter at its position, and keeps the rows', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts')
    const filter = page.getByRole('textbox', { name: 'Filter' })
    await page.getByRole('gridcell').first().waitFor()

    await filter.fill('views > && title = 1')
    await page.keyboard.press('Enter')
    await page.getByText(/At character 9/).waitFor()
    expect(await page.locator('mark').innerText()).toBe('&')
    expect(await filter.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByRole('gridcell').count()).toBeGreaterThan(10)

    await filter.fill('nothing = 1')
    await page.keyboard.press('Enter')
    await until(
      page,
      "document.querySelector('[role=search] input').getAttribute('aria-invalid') === 'true'",
    )
    expect(await page.getByRole('gridcell').count()).toBeGreaterThan(10)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S5.10 steps through filters by Back and Forward', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts')
    const filter = page.getByRole('textbox', { name: 'Filter' })
    for (const text of ['views > 1', 'views > 2']) {
      await filter.fill(text)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.searchParams.get('filter') === text)
    }

    await page.goBack()
    await until(page, "document.querySelector('[role=search] input').value === 'views > 1'")
    await page.goForward()
    await until(page, "document.querySelector('[role=search] input').value === 'views > 2'")

    expect(new URL(page.url()).searchParams.get('filter')).toBe('views > 2')
    await page.context().close()
  })

  it('looks for a plain word in the shown texts, and shows how', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/tags')
    const filter = page.getByRole('textbox', { name: 'Filter' })

    await filter.fill('essay')
    await page.keyboard.press('Enter')
    await page.getByText('1 record', { exact: true }).waitFor()

    expect(await filter.inputValue()).toBe('id ~ "essay" || name ~ "essay"')
    await filter.fill('no such word')
    await page.keyboard.press('Enter')
    await page.getByText('No record matches this filter.').waitFor()
    await page.getByRole('main').getByRole('button', { name: 'Clear filter' }).last().click()
    await page.getByRole('gridcell', { name: 'essay', exact: true }).waitFor()
    await page.context().close()
  })

  it('S5.13 asks only for the fields of the shown columns', async ({ expect }) => {
    const { page } = await signedIn(browser, deployment)
    const seen = requestsOf(page)

    await page.goto(`${deployment.origin}/_/c/wide?columns=id,field1`)
    await page.getByRole('gridcell', { name: 'one', exact: true }).waitFor()

    const list = seen.find(({ searchParams }) => searchParams.get('perPage') === '100')
    expect(list?.searchParams.get('fields')).toBe('id,collectionId,collectionName,field1')
    await page.context().close()
  })

  it('S5.11 keeps the order of columns in the address', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/tags')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('button', { name: 'Move color up' }).click()
    await page.getByRole('dialog').getByRole('checkbox', { name: 'id' }).uncheck()
    await page.getByRole('button', { name: 'Show these columns' }).click()
    await page.waitForURL(/columns=/)
    await page.reload()
    await page.getByRole('gridcell').first().waitFor()

    const headers = await page.getByRole('columnheader').allInnerTexts()

    expect(headers.map((text) => text.split('\n').at(-1))).toEqual(['', 'color', 'name'])
    await page.context().close()
  })

  it('is used by the keyboard alone', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts?sort=title')
    await page.getByRole('gridcell').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('views >= 0')
    await page.keyboard.press('Enter')
    await page.waitForURL(/filter=/)
    const focused = (): Promise<string | null> =>
      page.evaluate("document.activeElement.getAttribute('data-cell')")

    await page.keyboard.press('Tab')
    while ((await focused()) === null) await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('3 records selected').waitFor()
    await page.keyboard.press('End')
    const end = await focused()
    await page.keyboard.press('Control+Home')
    const start = await focused()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').getByRole('textbox', { name: 'title' }).waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => url.pathname === '/_/c/posts')

    expect(end?.startsWith('4:') || end?.startsWith('3:')).toBe(true)
    expect(start).toBe('0:0')
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const options = optionsOf(around)
    const { page, complaints } = await openDashboard(browser, deployment, '/c/posts', options)

    for (const path of [
      '/c/posts',
      '/c/newsletter_issues',
      '/c/posts?filter=views%3C0',
      '/c/none',
    ]) {
      await page.goto(`${deployment.origin}/_${path}`)
      await page.waitForLoadState('networkidle')
      expect(await violations(page), path).toEqual([])
      expect(await scrollsSideways(page), path).toBe(false)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
