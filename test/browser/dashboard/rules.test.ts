import type { Browser, Locator, Page } from 'playwright-core'
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

/** Waits for the editor of a rule, and returns where it is typed. */
async function editorOf(page: Page, rule: string): Promise<Locator> {
  const editor = page.getByRole('textbox', { name: `${rule} rule, as a filter` })
  await editor.waitFor()
  return editor
}

describe('S11 rules', () => {
  beforeAll(async () => {
    await deployment.admin.collections.create({
      name: 'notes',
      type: 'base',
      fields: [
        { name: 'title', type: 'text' },
        { name: 'owner', type: 'relation', collectionId: await usersId(deployment) },
      ],
      viewRule: 'owner = @request.auth.id',
    })
  })

  it('S11.1 stores the three choices, and S11.3 wants an opened rule confirmed', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/c/notes/schema/rules')

    await page.getByRole('group', { name: 'List' }).getByLabel('Everyone').check()
    const view = page.getByRole('group', { name: 'View' })
    await view.getByLabel('Superusers only').check()
    await view.getByLabel('By rule').check()
    await page.getByText('Allowed if owner is the caller.').waitFor()
    await page.getByRole('group', { name: 'Create' }).getByLabel('By rule').check()
    const create = await editorOf(page, 'Create')
    await create.fill("@request.auth.id != '' && title != ''")
    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog')
    const save = dialog.getByRole('button', { name: 'Save changes' })
    expect(await save.getAttribute('aria-disabled')).toBe('true')
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('Opens List to everyone').check()
    await save.click()
    await page.getByText('Saved.').waitFor()

    const stored = await deployment.admin.collections.getOne('notes')
    expect(stored).toMatchObject({
      listRule: '',
      viewRule: 'owner = @request.auth.id',
      createRule: "@request.auth.id != '' && title != ''",
      updateRule: null,
    })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S11.5 explains the unsaved text in another tab, and stores nothing', async ({ expect }) => {
    const { id } = await deployment.admin.collection('notes').create({ title: 'mine' })
    const before = await deployment.admin.collections.getOne('notes')
    const { page } = await openDashboard(browser, deployment, '/c/notes/schema/rules')
    const group = page.getByRole('group', { name: 'Delete' })
    await group.getByLabel('By rule').check()
    await (await editorOf(page, 'Delete')).fill("title = 'other'")
    const opened = page.context().waitForEvent('page')
    await group.getByRole('link', { name: 'Try this rule' }).click()
    const tab = await opened
    await tab.getByLabel('Record', { exact: true }).fill(id)
    await tab.getByRole('button', { name: 'Explain', exact: true }).click()
    const answer = tab.getByRole('article')
    await answer.waitFor()

    expect(await answer.textContent()).toContain("Refused: title = 'other' does not hold.")
    expect(await deployment.admin.collections.getOne('notes')).toEqual(before)
    expect(await deployment.admin.collection('notes').getOne(id)).toMatchObject({ title: 'mine' })
    await page.context().close()
  })

  it('S11.2 leaves the editor with Escape and Tab, and says so where it begins', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/notes/schema/rules')
    const editor = await editorOf(page, 'View')

    await editor.click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('ti')
    const suggestions = page.getByRole('listbox')
    await suggestions.getByText('title').waitFor()
    await page.keyboard.press('Escape')
    await suggestions.waitFor({ state: 'detached' })
    await page.keyboard.press('Tab')

    expect(await page.evaluate('document.activeElement.textContent')).toBe(
      'Insert a ready-made rule',
    )
    const describedBy = (await editor.getAttribute('aria-describedby')) ?? ''
    const texts = await Promise.all(
      describedBy.split(' ').map((id) => page.locator(`[id="${id}"]`).textContent()),
    )
    expect(texts.join(' ')).toContain('Escape, then Tab leaves the editor')
    await page.context().close()
  })

  it('S11.4 completes names, and marks an unknown field at its position before saving', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/notes/schema/rules')
    const requests: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') requests.push(request.url())
    })
    const editor = await editorOf(page, 'View')

    await editor.fill('owner.em')
    await page.getByRole('option', { name: /^emailVisibility/ }).waitFor()
    await editor.fill('@request.auth.veri')
    await page.getByRole('option', { name: /^verified/ }).waitFor()
    await editor.fill("title != '' && publised = true")
    await page.getByText('Character 16: notes has no field named publised.').waitFor()
    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('publised')
    expect(await editor.getAttribute('aria-invalid')).toBe('true')
    expect(await violations(page)).toEqual([])
    await editor.fill("title = 'open")
    await page.getByText('Character 9: Unterminated text.').waitFor()

    expect(requests).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('S11 has no obstacles on $name', async (around, { expect }) => {
    const path = '/c/notes/schema/rules'
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await editorOf(page, 'View')

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

async function usersId({ admin }: Deployment): Promise<string> {
  return (await admin.collections.getOne('users')).id
}

describe('S17 overview of rules', () => {
  it('S17.1 shows each rule of each collection by its kind, S17.2 with a name for each cell', async ({
    expect,
  }) => {
    await deployment.admin.collections.create({
      name: 'open_notes',
      type: 'base',
      listRule: '',
      viewRule: "@request.auth.id != ''",
    })
    const { page } = await openDashboard(browser, deployment, '/access/rules')
    await page.getByRole('row', { name: /open_notes/ }).waitFor()
    const shown = await namesOf(page.getByRole('cell').getByRole('link'))

    const collections = await deployment.admin.collections.getFullList({ sort: 'name' })
    const expected = collections.flatMap((collection) =>
      Object.entries(actions).flatMap(([key, action]) => {
        const rule = collection[key] as string | null | undefined
        if (rule === undefined) return []
        const kind = rule === null ? 'superusers' : rule === '' ? 'everyone' : rule
        return [`${collection.name}, ${action}: ${kind}`]
      }),
    )
    expect(shown).toEqual(expected)
    expect(shown).toContain('open_notes, list: everyone')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S17 says what is rarely meant in a rule', async ({ expect }) => {
    await deployment.admin.collections.create({ name: 'guest_book', type: 'base', createRule: '' })
    const { page } = await openDashboard(browser, deployment, '/access/rules?show=warnings')
    const row = page.getByRole('row', { name: /guest_book/ })
    await row.waitFor()

    expect(await row.textContent()).toContain('Everyone may write, without an account.')
    expect(await row.getByRole('link').count()).toBe(2)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S17.3 lists exactly the rules that are open to everyone', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/access/rules?show=open')

    const cells = page.getByRole('cell').getByRole('link')
    await cells.first().waitFor()
    const shown = await namesOf(cells)
    const collections = await deployment.admin.collections.getFullList({ sort: 'name' })
    const open = collections.flatMap((collection) =>
      Object.entries(actions)
        .filter(([key]) => collection[key] === '')
        .map(([, action]) => `${collection.name}, ${action}: everyone`),
    )
    expect(shown).toEqual(open)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })
})

async function namesOf(links: Locator): Promise<(string | null)[]> {
  const all = await links.all()
  return await Promise.all(all.map((link) => link.getAttribute('aria-label')))
}

const actions = {
  listRule: 'list',
  viewRule: 'view',
  createRule: 'create',
  updateRule: 'update',
  deleteRule: 'delete',
  authRule: 'sign in',
  manageRule: 'manage',
}
