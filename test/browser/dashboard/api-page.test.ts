import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
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
  const shelves = await admin.collections.create({ name: 'shelves', type: 'base' })
  await admin.collection('shelves').create({})
  await admin.collections.create({
    name: 'books',
    type: 'base',
    listRule: '',
    createRule: '',
    viewRule: "@request.auth.id != ''",
    fields: [
      { name: 'title', type: 'text', required: true, min: 9, max: 12 },
      { name: 'isbn', type: 'text', pattern: '^[0-9]{13}$' },
      { name: 'pages', type: 'number', required: true, min: 100 },
      { name: 'state', type: 'select', required: true, values: ["reader's", 'lent'], maxSelect: 2 },
      { name: 'contact', type: 'email', onlyDomains: ['example.org'] },
      { name: 'site', type: 'url' },
      { name: 'bought', type: 'date', min: '2026-06-01 00:00:00.000Z' },
      { name: 'place', type: 'geoPoint', required: true },
      { name: 'notes', type: 'json', required: true },
      { name: 'text', type: 'editor' },
      { name: 'shelf', type: 'relation', collectionId: shelves.id, required: true },
      { name: 'cover', type: 'file' },
      { name: 'created', type: 'autodate', onCreate: true },
    ],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** The sample as it is shown. */
async function sampleIn(page: Page): Promise<string> {
  const sample = page.getByRole('region', { name: 'Sample' })
  await sample.waitFor()
  return (await sample.textContent()) ?? ''
}

/** Runs a module as it is, and returns its output. */
async function run(code: string): Promise<string> {
  const options = ['--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: projectFolder })
  return stdout
}

describe('S13 API page', () => {
  it('S13.1 shows JavaScript for list and create that runs as it is', async ({ expect }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/c/books/schema/api')
    await page.getByRole('link', { name: 'Create a record' }).click()
    await page.getByRole('heading', { name: 'Create a record' }).waitFor()
    // The id of a record that a required relation can hold arrives a little later.
    await expect.poll(() => sampleIn(page)).not.toContain('RECORD_ID')
    const id = (await run(await sampleIn(page))).trim()
    await page.getByRole('link', { name: 'List records' }).click()
    await page.getByRole('heading', { name: 'List records' }).waitFor()
    const listed = await run(await sampleIn(page))

    const stored = await deployment.admin.collection('books').getOne(id)
    expect(stored['pages']).toBe(100)
    expect(listed).toContain(id)
    expect(await violations(page)).toEqual([])

    await page.getByRole('button', { name: 'curl' }).click()
    expect(await sampleIn(page)).toContain(
      `curl '${deployment.origin}/api/collections/books/records?page=1&perPage=20&sort=-created'`,
    )
    await page.reload()
    expect(await sampleIn(page)).toContain('curl ')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S13.2 follows a renamed field once it is saved', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/books/schema/fields')
    await page.getByLabel('Name of the field').first().fill('heading')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()

    await page.getByRole('link', { name: 'API', exact: true }).click()
    await page.getByRole('link', { name: 'Create a record' }).click()
    await expect.poll(() => sampleIn(page)).toContain("heading: 'Hello!!!!'")

    expect(await sampleIn(page)).not.toContain('title')
    await page.context().close()
  })

  it('S13.3 says what is closed to everyone but superusers', async ({ expect }) => {
    const path = '/c/books/schema/api?operation=delete'
    const { page } = await openDashboard(browser, deployment, path)
    await page.getByText('Superusers only', { exact: true }).waitFor()
    expect(await sampleIn(page)).toContain("collection('_superusers').authWithPassword")
    await page.getByRole('link', { name: 'View a record' }).click()
    await page.getByText('Allowed if the caller is signed in.').waitFor()
    expect(await page.getByText('Superusers only', { exact: true }).count()).toBe(0)
    await page.context().close()
  })

  it.for(surroundings)('S13 has no obstacles on $name', async (around, { expect }) => {
    const path = '/c/users/schema/api?operation=update'
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await sampleIn(page)
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
