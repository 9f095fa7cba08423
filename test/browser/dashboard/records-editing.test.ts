import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { violations } from './accessibility.ts'
import { openDashboard, until } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 8 })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** The requests of a page that write records. */
function writesOf(page: Page): string[] {
  const writes: string[] = []
  page.on('request', (request) => {
    if (['POST', 'PATCH', 'DELETE'].includes(request.method())) {
      writes.push(`${request.method()} ${request.postData()}`)
    }
  })
  return writes
}

describe('S5 editing in the table', () => {
  it('S5.6 edits a cell in place, and shows errors at the cell', async ({ expect }) => {
    const path = '/c/posts?sort=title&columns=id,title,views,status,author,published'
    const { page, complaints } = await openDashboard(browser, deployment, path)
    const row = page.getByRole('row').filter({ hasText: 'Bright harbour 6' })
    const cell = row.getByRole('gridcell').nth(3)
    const before = await cell.innerText()
    const writes = writesOf(page)
    await cell.focus()

    await page.keyboard.press('F2')
    const input = page.getByRole('textbox', { name: 'views' })
    await input.fill('abc')
    await page.keyboard.press('Enter')
    await row.getByText('This is not a number.').waitFor()
    expect(await violations(page)).toEqual([])
    expect(writes).toEqual([])

    await input.fill('2000000')
    await page.keyboard.press('Enter')
    await row
      .getByRole('alert')
      .getByText(/1000000/)
      .waitFor()
    expect(await input.inputValue()).toBe('2000000')
    await page.keyboard.press('Escape')
    await input.waitFor({ state: 'detached' })
    expect(await cell.innerText()).toBe(before)
    await until(page, "document.activeElement.matches('[role=gridcell]')")

    // Enter edits and moves down, Tab moves right, a double click edits as well.
    await page.keyboard.press('Enter')
    await input.fill('77')
    await page.keyboard.press('Enter')
    await cell.getByText('77', { exact: true }).waitFor()
    await until(page, "document.activeElement.getAttribute('data-cell') === '1:3'")
    await row.getByText('Bright harbour 6').dblclick()
    await page.getByRole('textbox', { name: 'title' }).fill('Bright harbour six')
    await page.keyboard.press('Tab')
    await page.getByRole('gridcell', { name: 'Bright harbour six', exact: true }).waitFor()
    expect(await page.getByRole('complementary').count()).toBe(0)

    await until(page, "document.activeElement.getAttribute('data-cell') === '0:3'")
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('F2')
    await page.getByRole('combobox', { name: 'author' }).fill('Ann')
    await page.getByRole('option', { name: 'Ann Almeida' }).waitFor()
    await until(page, "document.querySelectorAll('[role=option]').length === 1")
    await page.keyboard.press('Enter')
    const saved = page.getByRole('row').filter({ hasText: 'Bright harbour six' })
    await saved.getByText('Ann Almeida').waitFor()

    // The change is undone, unless the record was changed meanwhile.
    await page.getByRole('button', { name: 'Undo the last change' }).click()
    await page.getByText('Undone.').waitFor()
    expect(await saved.getByText('Ann Almeida').count()).toBe(0)
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
    await page.context().close()
  })

  it('S5.3 opens, sorts, filters, selects, edits and undoes by the keyboard alone', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/')
    const focused = (): Promise<string | null> =>
      page.evaluate("document.activeElement.getAttribute('data-cell')")
    /** Presses Tab until the focus is on a button, a cell or an input with a name. */
    const tabTo = async (expression: string): Promise<void> => {
      for (let presses = 0; presses < 80; presses += 1) {
        if (await page.evaluate<boolean>(`Boolean(${expression})`)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab does not lead to ${expression}`)
    }
    const named = (name: string): string =>
      `document.activeElement.textContent.trim() === '${name}'`

    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').waitFor()
    await page.keyboard.type('posts')
    await page.getByRole('option', { name: 'posts', exact: true }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('gridcell').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('views >= 0')
    await page.keyboard.press('Enter')
    await page.waitForURL(/filter=/)

    await tabTo("document.activeElement.hasAttribute('data-cell')")
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('-1:2')
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=title/)
    await until(page, "document.querySelector('[role=grid]').getAttribute('aria-busy') === 'false'")
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('3 records selected').waitFor()

    await tabTo(named('Edit 3 records'))
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Edit 3 records' })
    await dialog.waitFor()
    await tabTo("document.activeElement.matches('dialog select')")
    await page.keyboard.type('contact')
    await dialog.getByLabel('contact', { exact: false }).first().waitFor()
    await tabTo("document.activeElement.matches('dialog input[type=email]')")
    await page.keyboard.type('bulk@example.com')
    await dialog.getByRole('row').filter({ hasText: 'bulk@example.com' }).nth(2).waitFor()
    expect(await violations(page)).toEqual([])
    await tabTo(named('Change 3 records'))
    await page.keyboard.press('Enter')
    await page.getByText('Changed 3 records.').waitFor()
    const posts = deployment.admin.collection('posts')
    const edited = await posts.getFullList({ filter: "contact = 'bulk@example.com'" })
    expect(edited).toHaveLength(3)
    await posts.update(edited[0]?.id ?? '', { contact: 'other@example.com' })

    await tabTo(named('Undo the last 3 changes'))
    await page.keyboard.press('Enter')
    await page.getByText('2 changes undone. Changed meanwhile', { exact: false }).waitFor()
    const left = await posts.getFullList({ filter: "contact = 'bulk@example.com'" })
    expect(left).toHaveLength(0)
    expect((await posts.getOne(edited[0]?.id ?? ''))['contact']).toBe('other@example.com')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S5.12 announces a record created elsewhere, and inserts it when asked', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/c/tags?sort=name')
    await page.getByRole('gridcell', { name: 'essay', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Live' }).click()
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
    const tags = deployment.admin.collection('tags')

    await tags.create({ name: 'a new one' })
    const show = page.getByRole('button', { name: 'Show 1 new record' })
    await show.waitFor()
    expect(await page.getByRole('gridcell', { name: 'a new one', exact: true }).count()).toBe(0)
    const essay = await tags.getFirstListItem("name = 'essay'")
    await tags.update(essay.id, { color: 'blue' })
    const row = page.getByRole('row').filter({ hasText: 'essay' })
    await row.getByText('Changed elsewhere').waitFor()
    await row.getByText('blue').waitFor()
    expect(await row.getAttribute('aria-rowindex')).toBe('3')
    expect(await violations(page)).toEqual([])

    await show.click()
    await page.getByRole('gridcell', { name: 'a new one', exact: true }).waitFor()
    expect(await show.count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
