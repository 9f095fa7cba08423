import type { Browser, Page } from 'playwright-core'
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

async function addField(page: Page, type: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add field' }).click()
  await page.getByRole('menuitem', { name: type, exact: true }).click()
  await page.keyboard.type(name)
}

describe('S9 new collection', () => {
  it('S9 makes a collection with fields and open rules', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/')

    await page.getByRole('link', { name: 'New collection' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('notes')
    await addField(page, 'Text', 'title')
    await addField(page, 'Number', 'stars')
    await page.getByLabel(/^Everyone may read and write/).check()
    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c/notes`)

    const { fields, listRule, deleteRule } = await deployment.admin.collections.getOne('notes')
    expect(fields.map(({ name }) => name)).toEqual(['id', 'title', 'stars', 'created', 'updated'])
    expect({ listRule, deleteRule }).toEqual({ listRule: '', deleteRule: '' })
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S9.4 shows the errors of the server at their fields, and opens the options', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/c/new')

    await page.getByLabel('Name', { exact: true }).fill('not valid')
    await addField(page, 'Choice', 'state')
    await page.getByRole('button', { name: 'Options of state' }).click()
    await page.getByRole('button', { name: 'Create collection' }).click()
    await page.getByRole('alert').waitFor()

    const choices = page.getByLabel('Choices')
    expect(await choices.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('has no obstacles on $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/new', optionsOf(around))
    await addField(page, 'Relation', 'author')
    await page.getByText('Each rule').click()
    await page.getByLabel('By rule').first().check()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

describe('S9 and S11 changes to a collection', () => {
  it('S9.2 keeps values when a field is renamed, and S9.5 deletes by the typed name', async ({
    expect,
  }) => {
    await deployment.admin.collections.create({
      name: 'drafts',
      type: 'base',
      fields: [{ name: 'title', type: 'text' }],
    })
    const { id } = await deployment.admin.collection('drafts').create({ title: 'Kept' })
    const { page } = await openDashboard(browser, deployment, '/c/drafts/schema/fields')

    await page.getByLabel('Name of the field').first().fill('headline')
    await page.getByRole('button', { name: 'Save changes' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Renames the field title to headline').waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()
    const renamed = await deployment.admin.collection('drafts').getOne(id)

    await page.goto(`${deployment.origin}/_/c/drafts/schema/options`)
    await page.getByRole('button', { name: 'Delete collection' }).click()
    await dialog.getByText('1 record will be deleted').waitFor()
    await page.getByLabel('Type drafts to confirm').fill('drafts')
    await dialog.getByRole('button', { name: 'Delete collection' }).click()
    await page.waitForURL(`${deployment.origin}/_/c`)

    expect(renamed['headline']).toBe('Kept')
    const names = (await deployment.admin.collections.getFullList()).map(({ name }) => name)
    expect(names).not.toContain('drafts')
    await page.context().close()
  })
})

describe('S17 overview of rules', () => {
  it('S17.3 lists exactly the rules that are open to everyone', async ({ expect }) => {
    await deployment.admin.collections.create({ name: 'open_notes', type: 'base', listRule: '' })
    const { page } = await openDashboard(browser, deployment, '/access/rules?show=open')

    const row = page.getByRole('row', { name: /open_notes/ })
    await row.waitFor()
    expect(await row.getByText('Everyone').count()).toBe(1)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })
})
