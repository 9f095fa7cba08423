import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, until } from './dashboard.ts'
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

async function somePost(): Promise<string> {
  const { id } = await deployment.admin.collection('posts').create({ title: 'A post to change' })
  return id
}

async function storedPost(id: string): Promise<Record<string, unknown>> {
  return await deployment.admin.collection('posts').getOne(id)
}

async function openPanel(path: string) {
  const visited = await openDashboard(browser, deployment, path)
  const panel = visited.page.getByRole('complementary')
  await panel.getByRole('heading', { level: 2 }).waitFor()
  return { ...visited, panel }
}

/** The saves of a page, as they are sent: their bodies, and the states that they change. */
function savesOf(page: Page): { readonly body: unknown; readonly ifMatch: string | undefined }[] {
  const saves: { body: unknown; ifMatch: string | undefined }[] = []
  page.on('request', (request) => {
    if (request.method() !== 'PATCH') return
    saves.push({ body: request.postDataJSON(), ifMatch: request.headers()['if-match'] })
  })
  return saves
}

/** False for the report of a browser that blocked the markup of a record, as it should. */
function isNotBlocked(complaint: string): boolean {
  return !/^(?:Applying inline style|Executing inline (?:script|event handler)) violates/.test(
    complaint,
  )
}

describe('S6 record panel', () => {
  it('S6.2 saves if nothing changed, else shows both versions, and writes what was chosen', async ({
    expect,
  }) => {
    const id = await somePost()
    const posts = deployment.admin.collection('posts')
    const { page, panel } = await openPanel(`/c/posts/${id}`)
    const save = panel.getByRole('button', { name: 'Save' })
    await panel.getByRole('textbox', { name: 'title' }).fill('My title')
    await panel.getByRole('textbox', { name: 'views' }).fill('5')
    await posts.update(id, { title: 'Their title', views: 7, status: 'live' })
    const saves = savesOf(page)

    await save.click()
    const dialog = page.getByRole('dialog', { name: /changed while you were editing/ })
    const title = dialog.getByRole('group', { name: 'title' })
    await title.getByText('Their title').waitFor()
    await title.getByText('My title').waitFor()
    await title.getByText('When you began: A post to change').waitFor()
    await dialog.getByText('“live”').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await storedPost(id)).toMatchObject({ title: 'Their title', views: 7 })

    // Nothing typed is lost by looking again.
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await panel.getByRole('textbox', { name: 'title' }).inputValue()).toBe('My title')
    await save.click()
    await dialog.getByRole('button', { name: 'Take all of theirs' }).click()
    await title.getByRole('radio', { name: 'Keep mine' }).check()
    await dialog.getByRole('button', { name: 'Apply these choices' }).click()
    await save.click()
    await page.getByText('Saved.').waitFor()
    expect(saves.at(-1)?.body).toEqual({ title: 'My title' })
    expect(await storedPost(id)).toMatchObject({ title: 'My title', views: 7, status: 'live' })
    await page.context().close()
  })

  it('S6.2 names the state it changes, and overwrites a conflict only after it was shown', async ({
    expect,
  }) => {
    const id = await somePost()
    const { page, panel } = await openPanel(`/c/posts/${id}`)
    const title = panel.getByRole('textbox', { name: 'title' })
    const save = panel.getByRole('button', { name: 'Save' })
    const saves = savesOf(page)
    // The change comes after all that the page could have read before its save.
    await page.route(`**/api/collections/posts/records/${id}?*`, async (route) => {
      if (route.request().method() === 'PATCH' && saves.length === 1) {
        await deployment.admin.collection('posts').update(id, { title: 'At the last moment' })
      }
      await route.continue()
    })

    await title.fill('My title')
    await save.click()
    const dialog = page.getByRole('dialog', { name: /changed while you were editing/ })
    await dialog.getByText('At the last moment').waitFor()
    expect(await storedPost(id)).toMatchObject({ title: 'At the last moment' })
    await dialog.getByRole('button', { name: 'Apply these choices' }).click()
    await save.click()
    await page.getByText('Saved.').waitFor()
    expect(await storedPost(id)).toMatchObject({ title: 'My title' })
    expect(saves.map(({ ifMatch }) => ifMatch)).toEqual([
      expect.stringMatching(/^(?:W\/)?"/),
      expect.stringMatching(/^(?:W\/)?"/),
    ])

    // The answer of a save is the state that the next one changes.
    await title.fill('Another title')
    await save.click()
    await until(page, "document.querySelector('aside h2').textContent === 'Another title'")
    expect(await storedPost(id)).toMatchObject({ title: 'Another title' })
    expect(saves).toHaveLength(3)
    await page.context().close()
  })

  it('S6.3 offers the draft at the next visit, and keeps no password', async ({ expect }) => {
    const id = await somePost()
    const { page, panel } = await openPanel(`/c/posts/${id}`)
    await panel.getByRole('textbox', { name: 'title' }).fill('A title not saved')
    await panel.getByLabel('pin').fill('hunter2222')
    await until(page, "JSON.stringify(localStorage).includes('A title not saved')")
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('hunter2222')
    page.on('dialog', (dialog) => void dialog.accept())

    await page.reload()
    expect(await panel.getByRole('textbox', { name: 'title' }).inputValue()).toBe(
      'A post to change',
    )
    await panel.getByRole('button', { name: 'Continue with them' }).click()

    expect(await panel.getByRole('textbox', { name: 'title' }).inputValue()).toBe(
      'A title not saved',
    )
    await page.context().close()
  })

  it('S6.6 closes by Escape, and moves the focus to the row of the record', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/posts?sort=created')
    const cell = page.getByRole('gridcell', { name: /^Quiet harbour/ }).first()
    await cell.click()
    const panel = page.getByRole('complementary')
    await panel.getByRole('textbox', { name: 'title' }).waitFor()
    const opened = page.url()

    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await until(page, "document.activeElement.matches('[role=gridcell]')")
    const row = "document.activeElement.closest('[role=row]').dataset.key"
    expect(opened).toContain(await page.evaluate<string>(row))

    // The row is the one of the record that was shown last.
    await page.keyboard.press('Shift+Enter')
    await panel.getByRole('textbox', { name: 'title' }).waitFor()
    await page.keyboard.press('Alt+ArrowDown')
    await page.waitForURL((url) => url.href !== opened)
    await panel.getByRole('textbox', { name: 'title' }).waitFor()
    const next = page.url()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await until(page, "document.activeElement.matches('[role=gridcell]')")
    expect(next).toContain(await page.evaluate<string>(row))
    await page.context().close()
  })

  it('S6.7 refuses a file that is too large or of a wrong type before it is sent', async ({
    expect,
  }) => {
    const { page, panel } = await openPanel(`/c/posts/${await somePost()}`)
    const input = panel.locator('input[type=file]')

    await input.setInputFiles({
      name: 'big.png',
      mimeType: 'image/png',
      buffer: Buffer.alloc(300_000),
    })
    await panel.getByText(/big.png is larger than 200 kB/).waitFor()
    await input.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
    await panel.getByText(/a.txt is not of an accepted type/).waitFor()

    expect(await panel.getByText('Unsaved changes').count()).toBe(0)
    await page.context().close()
  })

  it('S6.9 shows records of a view to be read only', async ({ expect }) => {
    const [first] = await deployment.admin.collection('published_posts').getFullList()
    const { page, panel } = await openPanel(`/c/published_posts/${first?.id}`)

    await panel.getByText('Records of a view cannot be changed').waitFor()

    expect(await panel.getByRole('button', { name: 'Save' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'New record' }).count()).toBe(0)
    await page.context().close()
  })

  it('puts the errors of the server at their fields, and keeps what was typed', async ({
    expect,
  }) => {
    const { page, panel } = await openPanel('/c/posts/new')
    await panel.getByLabel('contact').fill('not an address')

    await panel.getByRole('button', { name: 'Create record' }).click()
    await page.getByText('Not saved: 2 fields need attention.').waitFor()
    await until(page, "document.activeElement.hasAttribute('data-summary')")

    expect(await panel.getByRole('textbox', { name: 'title' }).getAttribute('aria-invalid')).toBe(
      'true',
    )
    expect(await panel.getByLabel('contact').inputValue()).toBe('not an address')
    await panel.getByRole('alert').getByRole('button', { name: 'contact' }).click()
    expect(await page.evaluate('document.activeElement.type')).toBe('email')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('sends nothing while a number or JSON is not one', async ({ expect }) => {
    const { page, panel } = await openPanel(`/c/posts/${await somePost()}`)
    const saves = savesOf(page)
    await panel.getByRole('textbox', { name: 'views' }).fill('abc')
    await panel.getByRole('textbox', { name: 'meta' }).click()
    await page.keyboard.type('{"words": ')

    await page.keyboard.press('Control+s')
    await page.getByText('Not saved: 2 fields need attention.').waitFor()

    expect(saves).toEqual([])
    expect(await panel.getByRole('textbox', { name: 'views' }).inputValue()).toBe('abc')
    await page.context().close()
  })

  it('says that a save without a confirmation may have happened', async ({ expect }) => {
    const { page, panel } = await openPanel(`/c/posts/${await somePost()}`)
    await page.route(/records\/\w+\?/, async (route) => {
      if (route.request().method() === 'PATCH') await route.abort()
      else await route.continue()
    })
    await panel.getByRole('textbox', { name: 'title' }).fill('Perhaps')

    await panel.getByRole('button', { name: 'Save' }).click()
    await panel.getByText(/may or may not be saved/).waitFor()

    expect(await panel.getByRole('textbox', { name: 'title' }).inputValue()).toBe('Perhaps')
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const id = await somePost()
    const { page } = await openDashboard(browser, deployment, `/c/posts/${id}`, optionsOf(around))
    await page.getByRole('complementary').getByRole('heading', { level: 2 }).waitFor()
    await page.waitForLoadState('networkidle')

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

describe('S7 field editors', () => {
  it('S7.3 opens markup that would be lost as source, and leaves it as it is', async ({
    expect,
  }) => {
    const html = '<div class="note" style="color:red">A <b>note</b></div>'
    const { id } = await deployment.admin
      .collection('posts')
      .create({ title: 'Marked', body: html })
    const { page, panel, complaints } = await openPanel(`/c/posts/${id}`)

    await panel.getByText('Editing this visually would change its markup.').waitFor()
    await panel.getByRole('textbox', { name: 'title' }).fill('Marked again')
    await panel.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()

    expect(await storedPost(id)).toMatchObject({ title: 'Marked again', body: html })
    expect(complaints.filter(isNotBlocked)).toEqual([])
    await page.context().close()
  })

  it('S7.4 reorders a relation by its buttons', async ({ expect }) => {
    const tags = await deployment.admin.collection('tags').getFullList({ sort: 'name' })
    const ids = tags.slice(0, 3).map((tag) => tag.id)
    const { id } = await deployment.admin.collection('posts').create({ title: 'Tagged', tags: ids })
    const { page, panel } = await openPanel(`/c/posts/${id}`)

    await panel.getByRole('button', { name: `Move ${tags[2]?.['name']} up` }).focus()
    await page.keyboard.press('Enter')
    await panel.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()

    expect((await storedPost(id))['tags']).toEqual([ids[0], ids[2], ids[1]])
    await page.context().close()
  })

  it('S7.5 shows every digit that the API returned', async ({ expect }) => {
    const collection = { name: 'figures', type: 'base', fields: [{ name: 'n', type: 'number' }] }
    await deployment.admin.collections.create(collection)
    const values = [0.1, 1e21, 123456789.12345679]
    for (const n of values) await deployment.admin.collection('figures').create({ n })
    const { page } = await openDashboard(browser, deployment, '/c/figures?columns=n')
    await page.getByRole('gridcell').first().waitFor()

    const shown = await page.getByRole('gridcell').allInnerTexts()

    expect(shown.filter((text) => text !== '').toSorted()).toEqual(values.map(String).toSorted())
    await page.context().close()
  })

  it('S7.7 runs nothing that a record holds', async ({ expect }) => {
    const hostile =
      '<img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload="window.hit=1">'
    const { id } = await deployment.admin.collection('posts').create({
      title: hostile,
      body: hostile,
      source: 'https://example.org/"onmouseover="window.hit=1',
      meta: { html: hostile },
    })
    const { page, panel, complaints } = await openPanel(`/c/posts/${id}`)
    await panel.getByRole('textbox', { name: 'title' }).waitFor()
    await page.waitForLoadState('networkidle')

    expect(await page.evaluate('window.hit')).toBeUndefined()
    expect(complaints.filter(isNotBlocked)).toEqual([])
    await page.context().close()
  })
})
