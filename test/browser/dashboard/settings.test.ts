import type { Browser } from 'playwright-core'
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

describe('S30 settings', () => {
  it('S30.1 saves the changed settings of a page, and shows them again', async ({ expect }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/settings/limits')
    await page.getByLabel('Writes in a batch').waitFor()
    const bodies: unknown[] = []
    page.on('request', (request) => {
      if (request.method() === 'PATCH') bodies.push(request.postDataJSON())
    })

    await page.getByLabel('Allow several writes in one request').check()
    await page.getByLabel('Writes in a batch').fill('25')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    const rules = page.getByLabel(/^Label of rule/)
    await rules.last().fill('GET /api/health')
    await page.getByLabel('Addresses without limits').fill('10.0.0.0/8\n127.0.0.2')
    await page.getByText('4 settings changed').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Saved.').waitFor()
    await page.reload()
    await rules.last().waitFor()

    expect(bodies).toHaveLength(1)
    expect(Object.keys(bodies[0] as object).toSorted()).toEqual(['batch', 'rateLimits'])
    expect(await page.getByLabel('Writes in a batch').inputValue()).toBe('25')
    expect(await rules.last().inputValue()).toBe('GET /api/health')
    expect(await page.getByLabel('Addresses without limits').inputValue()).toBe(
      '10.0.0.0/8\n127.0.0.2',
    )
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('puts errors of the server at their fields, and keeps what was typed', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/settings/application')
    await page.getByLabel('Name', { exact: true }).fill('')

    await page.getByRole('button', { name: 'Save settings' }).click()
    await page.getByRole('alert').filter({ hasText: 'Not saved: 1 field needs' }).waitFor()

    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    expect(await violations(page)).toEqual([])
    await page.getByRole('link', { name: 'Logs', exact: true }).first().click()
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Discard changes' }).click()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Acme Inc')
    await page.context().close()
  })

  it('S30.2 leaves a secret that is not touched as it is', async ({ expect }) => {
    await deployment.admin.settings.update({
      smtp: { enabled: true, host: 'localhost', port: 2525, username: 'ann', password: 'hidden' },
    })
    const { page } = await openDashboard(browser, deployment, '/settings/mail')
    const saved = page.waitForRequest((request) => request.method() === 'PATCH')

    await page.getByLabel('Name given to the server (EHLO)').fill('mail.example.com')
    await page.getByRole('button', { name: 'Save settings' }).click()
    const body: unknown = (await saved).postDataJSON()
    await page.getByText('Saved.').waitFor()

    expect(body).toEqual({ smtp: { localName: 'mail.example.com' } })
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    await deployment.admin.settings.update({ smtp: { enabled: false } })
    await page.context().close()
  })

  it('sends a test mail', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/settings/mail')

    await page.getByRole('button', { name: 'Send a test mail' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send a test mail' })
    await dialog.getByLabel('Template').selectOption('Password reset')
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('To', { exact: true }).fill('not an address')
    await dialog.getByRole('button', { name: 'Send a test mail' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByLabel('To', { exact: true }).fill('ann@example.com')
    await dialog.getByRole('button', { name: 'Send a test mail' }).click()

    await page.getByText('The test mail to ann@example.com was sent.').waitFor()
    expect(await dialog.count()).toBe(0)
    await page.context().close()
  })

  it('S30.3 names the rule that limits a request, as the server finds it', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/settings/limits')
    const answer = page.getByRole('group', { name: 'Which rule limits this request?' })
    await answer.getByText('The rule *:auth: at most').waitFor()
    await answer.getByLabel('Path').fill('/api/collections/posts/records')
    await answer.getByLabel('Method').selectOption('GET')
    await answer.getByText('No rule.').waitFor()

    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page
      .getByLabel(/^Label of rule/)
      .last()
      .fill('/api/collections/')
    await answer.getByText('The rule /api/collections/: at most 100 requests').waitFor()

    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S30.4 asks before a list of addresses without the own one is saved', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/settings/network')
    await page.getByText('127.0.0.1').waitFor()
    await page.getByLabel('Addresses from which superusers may act').fill('192.0.2.1')

    await page.getByRole('button', { name: 'Save settings' }).click()
    const dialog = page.getByRole('dialog', { name: 'Lock yourself out?' })
    await dialog.getByText('127.0.0.1').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    const { superuserIPs } = await deployment.admin.settings.getAll()
    expect(superuserIPs).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(
      browser,
      deployment,
      '/settings/application',
      optionsOf(around),
    )
    for (const name of ['Application', 'Mail', 'Limits', 'Network', 'Logs', 'File storage']) {
      await page
        .getByRole('navigation', { name: 'Pages of settings' })
        .getByRole('link', { name })
        .click()
      await page.getByRole('main').getByRole('heading', { level: 2 }).first().waitFor()
      expect(await violations(page), name).toEqual([])
      expect(await scrollsSideways(page), name).toBe(false)
    }
    await page.context().close()
  })
})
