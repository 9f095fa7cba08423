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

/** The names of the checks that are shown. */
async function checks(page: Page): Promise<string[]> {
  const region = page.getByRole('list', { name: 'Needs attention' })
  await region.or(page.getByText('Nothing needs attention.')).waitFor()
  return await region.locator('strong').allTextContents()
}

const backups = 'No backups are made by themselves'
const limits = 'Rate limits are off'
const open = 'Anyone may change records in notes'

describe('S4 home', () => {
  it('S4.1 lists exactly the checks that hold, until they are solved', async ({ expect }) => {
    const { admin, origin } = deployment
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/')
    expect(await checks(page)).toEqual([backups, limits])

    await defineNotes({ createRule: '' })
    await page.reload()
    expect(await checks(page)).toEqual([open, backups, limits])
    await page.getByRole('link', { name: 'Set limits' }).click()
    await page.waitForURL(`${origin}/_/settings/limits`)
    await admin.collections.update('notes', { createRule: null })
    await admin.settings.update({ rateLimits: { enabled: true }, backups: { cron: '0 3 * * *' } })
    await page.goto(`${origin}/_/`)
    expect(await checks(page)).toEqual([])
    await admin.settings.update({ rateLimits: { enabled: false }, backups: { cron: '' } })

    const elsewhere = { client: () => deployment.client(), origin: otherName(origin) }
    const other = await openDashboard(browser, elsewhere, '/')
    expect(await checks(other.page)).toEqual([
      'The application URL is a local address',
      backups,
      'SMTP is off',
      limits,
    ])
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await other.page.context().close()
    await page.context().close()
  })

  it('S4.2 keeps advice dismissed, and problems shown', async ({ expect }) => {
    await defineNotes({ updateRule: '' })
    const { page } = await openDashboard(browser, deployment, '/')
    const list = page.getByRole('list', { name: 'Needs attention' })
    expect(await checks(page)).toEqual([open, backups, limits])

    await list.getByRole('button', { name: `Dismiss: ${limits}` }).click()
    await page.reload()

    expect(await checks(page)).toEqual([open, backups])
    expect(await list.getByRole('button', { name: `Dismiss: ${open}` }).count()).toBe(0)
    await page.context().close()
  })

  it('shows the first steps until they are taken', async ({ expect }) => {
    await defineNotes({ createRule: null })
    const { page } = await openDashboard(browser, deployment, '/')
    const steps = page.getByRole('list', { name: 'First steps' })
    await steps.waitFor()
    expect(await steps.getByText('Done', { exact: true }).count()).toBe(1)
    expect(await steps.getByText(`new PocketBase('${deployment.origin}')`).count()).toBe(1)

    await deployment.admin.collection('notes').create({})
    await deployment.client().collection('notes').getList().catch(ignore)
    await loggedRequest()
    await page.reload()
    await page.getByRole('region', { name: 'Requests over time' }).waitFor()
    await page.getByRole('link', { name: 'notes', exact: false }).first().waitFor()

    expect(await steps.count()).toBe(0)
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/', optionsOf(around))
    await checks(page)
    await page.getByRole('link', { name: 'Open the logs' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

/** Gives the collection `notes` some rules. */
async function defineNotes(rules: object): Promise<void> {
  const { collections } = deployment.admin
  await collections
    .create({ name: 'notes', type: 'base', ...rules })
    .catch(() => collections.update('notes', rules))
}

/** The same machine under a name that is not local. */
function otherName(origin: string): string {
  return origin.replace('127.0.0.1', 'acme.localhost')
}

function ignore(): void {
  // Guests are refused, and logged.
}

/** Entries are written some seconds after the response. */
async function loggedRequest(): Promise<void> {
  const until = Date.now() + 60_000
  while (Date.now() < until) {
    const { items } = await deployment.admin.logs.getList(1, 1, {
      filter: 'data.auth != "_superusers" && data.url ~ "/api/collections/notes%"',
    })
    if (items.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw new Error('The log entry did not arrive.')
}
