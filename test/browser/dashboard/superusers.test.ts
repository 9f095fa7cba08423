import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password, superuserEmail } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, visitDashboard } from './dashboard.ts'

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

async function addSuperuser(email: string): Promise<string> {
  const body = { email, password, passwordConfirm: password }
  const { id } = await deployment.admin.collection('_superusers').create(body)
  return id
}

describe('S20 superusers', () => {
  it('S20.1 offers no deletion of the last superuser, and shows the refusal of a forced one', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/access/superusers')
    await page.getByText('The only superuser cannot be deleted.').waitFor()
    await page.getByRole('button', { name: `Actions for ${superuserEmail}` }).click()
    const offered = await page.getByRole('menuitem').allTextContents()
    await page.keyboard.press('Escape')

    const other = await addSuperuser('second@example.com')
    await page.reload()
    await page.getByRole('button', { name: 'Actions for second@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Delete superuser' }).click()
    await deployment.admin.collection('_superusers').delete(other)
    const own = deployment.admin.authStore.record?.id ?? ''
    await page.route(`**/_superusers/records/${other}`, (route) =>
      route.continue({ url: route.request().url().replace(other, own) }),
    )
    await page.getByRole('button', { name: 'Delete superuser' }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor()

    expect(offered).toEqual(['Mail a link to reset the password'])
    expect(await alert.textContent()).toContain("You can't delete the only existing superuser.")
    await page.context().close()
  })

  it('S20.2 signs out the tab of another superuser by ending its sessions', async ({ expect }) => {
    const id = await addSuperuser('other@example.com')
    const { page: other } = await visitDashboard(browser, deployment)
    await other.goto(`${deployment.origin}/_/sign-in`)
    await other.getByLabel('Email').fill('other@example.com')
    await other.getByLabel('Password', { exact: true }).fill(password)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    const { page } = await openDashboard(browser, deployment, '/access/superusers')
    await page.getByText('Sessions other@example.com').click()
    await page.getByRole('button', { name: 'End all sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click()
    await page.getByText('Sessions ended.').waitFor()

    await other.reload()
    await other.getByRole('dialog', { name: 'Your session ended' }).waitFor()

    expect(await other.getByRole('dialog').count()).toBe(1)
    await other.context().close()
    await deployment.admin.collection('_superusers').delete(id)
    await page.context().close()
  })

  it('S20.3 asks again before a list without the own address is stored', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/access/superusers')
    await page.locator('textarea').fill('203.0.113.7')
    await page.getByRole('button', { name: /^Save/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    const settings = (await deployment.admin.settings.getAll()) as Record<string, unknown>

    expect(settings['superuserIPs']).toEqual([])
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('adds a superuser by a mailed link', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/access/superusers')
    await page.getByRole('button', { name: 'Add superuser' }).click()
    await page.getByLabel('Email').fill('new@example.com')
    await page.getByRole('dialog').getByRole('button', { name: 'Add superuser' }).click()
    await page
      .getByRole('list', { name: 'Superusers' })
      .getByText('new@example.com')
      .first()
      .waitFor()

    expect(await page.getByText('A mail with a link').count()).toBe(1)
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const options = optionsOf(around)
    const { page } = await openDashboard(browser, deployment, '/access/superusers', options)
    await page.getByRole('list', { name: 'Superusers' }).waitFor()
    await page.getByText(`Sessions ${superuserEmail}`).click()
    await page.getByText('This session').waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
