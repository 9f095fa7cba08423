import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password, superuserEmail } from '../deployment.ts'
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

describe('S31 my account', () => {
  it('S31.3 applies every preference without a reload', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/', {
      timezoneId: 'Asia/Tokyo',
      colorScheme: 'light',
    })
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'My account' }).click()
    await page.getByRole('list', { name: 'Sessions' }).waitFor()
    const style = (name: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`)
    const time = page.locator('time').first()
    expect([await style('--row'), await style('--quick')]).toEqual(['40px', '.12s ease-out'])
    expect(await time.innerText()).toContain('GMT+9')

    await page.getByLabel('Dark').check()
    await page.getByLabel('Compact').check()
    await page.getByLabel('UTC').check()
    await page.getByRole('group', { name: 'Motion' }).getByLabel('None').check()
    await page.getByLabel('Use shortcuts of single keys').uncheck()
    await page.getByRole('heading', { level: 1 }).click()
    await page.keyboard.press('?')

    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    expect([await style('--row'), await style('--quick')]).toEqual(['32px', '0s'])
    expect(await time.innerText()).toContain('UTC')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.reload()
    await page.getByRole('list', { name: 'Sessions' }).waitFor()
    expect([await style('--row'), await style('--quick')]).toEqual(['32px', '0s'])
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('ends other sessions one by one', async ({ expect }) => {
    const other = deployment.client()
    await other
      .collection('_superusers')
      .authWithPassword(superuserEmail, password, { headers: { 'User-Agent': firefox } })
    const { page } = await openDashboard(browser, deployment, '/me')
    const list = page.getByRole('list', { name: 'Sessions' })
    await list.getByText('This session').waitFor()

    const entry = list.getByRole('listitem').filter({ hasText: 'Firefox on Windows' })
    await entry.getByRole('button', { name: 'End the session on Firefox on Windows' }).click()
    await entry.waitFor({ state: 'detached' })

    await expect(other.settings.getAll()).rejects.toMatchObject({ status: 401 })
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/me', optionsOf(around))
    await page.getByRole('list', { name: 'Sessions' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })

  // Last, because it ends the sessions of the other tests.
  it('S31.1 changes the password, which keeps this session and ends the others', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/me')
    await page.getByLabel('New password', { exact: true }).fill('short')
    await page.getByLabel('New password, again').fill('shorter')
    await page.getByText('The two passwords differ.').waitFor()
    await page.getByLabel('New password, again').fill('short')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('alert').filter({ hasText: 'Not saved' }).waitFor()
    expect(await violations(page)).toEqual([])

    await page.getByLabel('New password', { exact: true }).fill('another-horse-battery')
    await page.getByLabel('New password, again').fill('another-horse-battery')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Password changed. All other sessions have ended.').waitFor()
    await expect(deployment.admin.settings.getAll()).rejects.toMatchObject({ status: 401 })

    await page.reload()
    await page.getByRole('list', { name: 'Sessions' }).getByText('This session').waitFor()
    await page.getByLabel('Email address').fill('root@example.com')
    await page.getByRole('button', { name: 'Change address' }).click()
    await page.getByRole('button', { name: 'Signed in as root@example.com' }).waitFor()
    await deployment
      .client()
      .collection('_superusers')
      .authWithPassword('root@example.com', 'another-horse-battery')
    await page.context().close()
  })
})

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
