import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 4 })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const path = '/operations/backups'

async function make(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Make a backup' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a backup' })
  await dialog.getByLabel('Name').fill(name)
  await page.keyboard.press('Enter')
}

async function busy(): Promise<boolean> {
  const { data } = await deployment.admin.health.check()
  return !(data as { canBackup: boolean }).canBackup
}

describe('S26 backups', () => {
  it('S26.1 makes, downloads, restores and deletes a backup', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, path)
    await page.getByRole('heading', { name: 'No backups yet' }).waitFor()
    expect(await violations(page)).toEqual([])
    await make(page, 'first')
    const entry = page.getByRole('listitem').filter({ hasText: 'first.zip' })
    await entry.waitFor()

    const download = page.waitForEvent('download')
    await entry.getByRole('button', { name: 'Download first.zip' }).click()
    const bytes = Buffer.concat(await (await (await download).createReadStream()).toArray())
    expect(bytes.subarray(0, 2).toString()).toBe('PK')

    const posts = deployment.admin.collection('posts')
    const post = await posts.getFirstListItem('')
    await posts.update(post.id, { title: 'Changed since' })
    await entry.getByRole('button', { name: 'Restore first.zip' }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore this backup?' })
    expect(await dialog.getByLabel('Make a backup of the present state first').isChecked()).toBe(
      true,
    )
    const confirm = dialog.getByRole('button', { name: 'Restore backup' })
    expect(await confirm.getAttribute('title')).toBe('Type first.zip to confirm')
    await dialog.getByLabel('Type first.zip to confirm').fill('first.zip')
    expect(await violations(page)).toEqual([])
    await confirm.click()
    await page.getByText('first.zip is restored.').waitFor()

    expect((await posts.getOne(post.id))['title']).toBe(post['title'])
    expect(await page.getByRole('list', { name: 'Backups' }).getByRole('listitem').count()).toBe(2)
    await entry.getByRole('button', { name: 'Delete first.zip' }).click()
    await page.getByRole('button', { name: 'Delete backup' }).click()
    await entry.waitFor({ state: 'detached' })
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S26.2 refuses a second backup while one runs, and says why', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    // As the server answers while a backup runs. A real one may end before the second request.
    const message = 'Try again later - another backup/restore process has already been started.'
    await page.route('**/api/backups', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 400, json: { data: {}, message, status: 400 } })
        : route.continue(),
    )

    await make(page, 'second')
    await page
      .getByRole('alert')
      .getByText('another backup/restore process has already been started')
      .waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    const now = '2026-11-30 12:00:00.000Z'
    await deployment.database.batch([
      deployment.database.prepare(
        `INSERT INTO _params (id, value, created, updated) VALUES ('backup', '{}', '${now}', '${now}')`,
      ),
    ])
    await page.reload()
    await page.getByRole('status').getByText('A backup is being made or restored').waitFor()
    const button = page.getByRole('button', { name: 'Make a backup' })
    expect(await button.getAttribute('aria-disabled')).toBe('true')
    expect(await button.getAttribute('title')).toBe('A backup is being made or restored')
    expect(await violations(page)).toEqual([])

    await deployment.database.batch([
      deployment.database.prepare(`DELETE FROM _params WHERE id = 'backup'`),
    ])
    await page.getByRole('status').getByText('A backup is being').waitFor({ state: 'detached' })
    expect(await button.getAttribute('aria-disabled')).toBeNull()
    await page.context().close()
  })

  it('S26.3 refuses an archive that is none, and changes nothing', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    const file = page.locator('input[type=file]')
    await file.setInputFiles({
      name: 'notes.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('Not an archive'),
    })
    await page.getByRole('alert').getByText('mime type must be one of: application/zip').waitFor()

    const empty = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)])
    await file.setInputFiles({ name: 'empty.zip', mimeType: 'application/zip', buffer: empty })
    const entry = page.getByRole('listitem').filter({ hasText: 'empty.zip' })
    await entry.getByRole('button', { name: 'Restore empty.zip' }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore this backup?' })
    await dialog.getByLabel('Make a backup of the present state first').uncheck()
    await dialog.getByLabel('Type empty.zip to confirm').fill('empty.zip')
    await dialog.getByRole('button', { name: 'Restore backup' }).click()
    await dialog.getByText('Missing or invalid backup file.').waitFor()

    expect(await busy()).toBe(false)
    expect((await deployment.admin.collection('posts').getList(1, 1)).totalItems).toBe(4)
    await page.context().close()
  })

  it('sets a schedule in words, with its next runs', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    await page.getByRole('button', { name: 'Set a schedule' }).click()
    const dialog = page.getByRole('dialog', { name: 'Schedule' })
    await dialog.getByLabel('When').selectOption('Another time')
    await dialog.getByLabel('Cron expression').fill('61 * * * *')
    await dialog.getByText('This is not a cron expression').waitFor()
    await dialog.getByLabel('Cron expression').fill('15 4 * * 1')
    await dialog.getByLabel('Number to keep').fill('5')
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()

    await page
      .getByText('Every Monday at 04:15 UTC. The newest 5 scheduled backups are kept.')
      .waitFor()
    const { backups } = (await deployment.admin.settings.getAll()) as { backups: object }
    expect(backups).toMatchObject({ cron: '15 4 * * 1', cronMaxKeep: 5 })
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await page.getByRole('list', { name: 'Backups' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
