import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, until, visitDashboard } from './dashboard.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await deployment.admin.collections.create({
    name: 'notes',
    type: 'base',
    listRule: '',
    fields: [{ name: 'title', type: 'text', required: true }],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** The operations on all records of the collection. */
function operationsOf(page: Page): Locator {
  const path = page.locator('[data-path="/api/collections/notes/records"]')
  return page.locator('.opblock').filter({ has: path })
}

describe('S16 types and OpenAPI', () => {
  it('S16.1 downloads types that compile under strict with the sample beside them', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/schema/types')
    const folder = await mkdtemp(join(tmpdir(), 'arete-types-'))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download types' }).click(),
    ])
    await download.saveAs(join(folder, 'arete-types.ts'))
    const sample = await page.getByRole('region', { name: 'In your app:' }).textContent()
    const use = "\nexport const page = await client.collection('notes').getList(1, 1)\n"
    await writeFile(join(folder, 'app.ts'), `${sample}${use}page.items[0]?.title.trim()\n`)
    await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
    const options = '--strict --noEmit --skipLibCheck --allowImportingTsExtensions --target esnext'
    const tsc = join(projectFolder, 'node_modules/typescript/bin/tsc')
    const modules = ['--module', 'esnext', '--moduleResolution', 'bundler']
    const args = [tsc, ...options.split(' '), ...modules, join(folder, 'app.ts')]
    const compiled = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
      (error: unknown) => error as { readonly stdout: string },
    )

    expect(compiled.stdout).toBe('')
    expect(complaints).toEqual([])
    await rm(folder, { recursive: true })
    await page.context().close()
  })

  it('opens the description to everyone, and closes it again', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/schema/types')
    const guest = await visitDashboard(browser, deployment)
    await guest.page.goto(`${deployment.origin}/_/docs`)
    await guest.page.getByText('The description of this API is for superusers').waitFor()
    expect(await violations(guest.page)).toEqual([])

    await page.getByLabel('Readers of the document').selectOption('Everyone')
    await page.getByText('Saved.').waitFor()
    await guest.page.reload()
    await operationsOf(guest.page).first().waitFor()
    expect(await guest.page.getByRole('button', { name: 'Use my session' }).count()).toBe(0)
    expect(guest.strays).toEqual([])

    await page.reload()
    await page.getByLabel('Readers of the document').selectOption('Superusers')
    await page.getByText('Saved.').waitFor()
    await guest.page.reload()
    await guest.page.getByText('The description of this API is for superusers').waitFor()
    await guest.page.context().close()
    await page.context().close()
  })

  it('sends the token of the session only once it may', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/docs')
    const sent: (string | undefined)[] = []
    page.on('request', (request) => {
      if (request.url().includes('/collections/notes/records')) {
        sent.push(request.headers()['authorization'])
      }
    })
    const list = operationsOf(page).filter({ hasText: 'GET' })
    await list.locator('.opblock-summary-control').click()
    await list.getByRole('button', { name: 'Try it out' }).click()
    await list.getByRole('button', { name: 'Execute' }).click()
    await list.getByText('"totalItems": 0').first().waitFor()
    await page.getByRole('button', { name: 'Use my session' }).click()
    await page.getByText('Requests are sent with your session.').waitFor()
    await list.getByRole('button', { name: 'Execute' }).click()
    await until(page, `document.querySelector('.curl-command')?.textContent.includes('Bearer')`)

    expect(sent).toEqual([undefined, expect.stringMatching(/^Bearer ey/)])
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/schema/types', optionsOf(around))
    await page.getByRole('button', { name: 'Download types' }).waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)

    await page.getByRole('link', { name: 'Open the API page' }).click()
    await operationsOf(page).first().waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
