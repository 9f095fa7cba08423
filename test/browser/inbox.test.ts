import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from './chromium.ts'
import { deploy, type Deployment } from './deployment.ts'
import { obstacles, visit, visitors } from './visitor.ts'

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

it.for(visitors)(
  'leads a newcomer from signing up to a verified address, $name',
  async ({ options }, { expect }) => {
    const email = `newcomer${visitors.findIndex((each) => each.options === options)}@example.com`
    const user = await deployment.signUp(email)
    await user.collection('users').requestVerification(email)
    const { page, complaints, strays } = await visit(browser, deployment.origin, options)

    await page.goto(`${deployment.origin}/_/inbox`)
    await page
      .getByRole('listitem')
      .filter({ hasText: email })
      .getByRole('link', { name: 'Verify your Acme Inc email' })
      .click({ timeout: 20_000 })
    const opened = page.waitForEvent('popup')
    await page.frameLocator('iframe').getByRole('link', { name: 'Verify my email' }).click()
    const confirmation = await opened
    await confirmation.getByRole('button', { name: 'Yes, confirm it' }).click()

    expect(await confirmation.getByRole('heading').innerText()).toBe(
      'Your email address is confirmed',
    )
    const { record } = await user.collection('users').authRefresh()
    expect(record['verified']).toBe(true)
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  },
)

describe('the inbox with scripts', () => {
  const withScripts = {
    javaScriptEnabled: true,
    timezoneId: 'Asia/Kolkata',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  }

  it('shows a new mail without losing the focus, and copies its code with one click', async ({
    expect,
  }) => {
    const user = await deployment.signUp('coded@example.com')
    await user.collection('users').requestVerification('coded@example.com')
    const { page, complaints } = await visit(browser, deployment.origin, withScripts)
    await page.goto(`${deployment.origin}/_/inbox`)
    const link = page
      .getByRole('listitem')
      .filter({ hasText: 'coded@example.com' })
      .getByRole('link', { name: 'Verify your Acme Inc email' })
    await link.focus()

    await user.collection('users').requestOTP('coded@example.com')
    const entry = page.getByRole('listitem').filter({ hasText: 'OTP for Acme Inc' })
    await entry.waitFor({ timeout: 20_000 })

    expect(await page.evaluate('document.activeElement.id')).toBe(await link.getAttribute('id'))
    await entry.getByRole('button', { name: 'Copy' }).click()
    await entry.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      await entry.getByRole('code').innerText(),
    )
    expect(await obstacles(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('shows times in the time zone of its reader', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin, withScripts)
    await page.goto(`${deployment.origin}/_/inbox`)

    const time = page.locator('time').first()
    const at = new Date((await time.getAttribute('datetime')) ?? '')
    const format = { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Kolkata' } as const

    expect(await time.innerText()).toBe(at.toLocaleString('en-GB', format))
    await page.context().close()
  })

  it('stops updating when the user turns it off', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin, withScripts)
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.clock.install()
    await page.goto(`${deployment.origin}/_/inbox`)
    await page.getByRole('link', { name: 'Stop' }).click()
    await page.getByRole('link', { name: 'Resume' }).waitFor()
    requests.length = 0

    await page.clock.runFor(60_000)

    expect(requests).toEqual([])
    await page.context().close()
  })
})

it.for(visitors)('the inbox is accessible, $name', async ({ options }, { expect }) => {
  const { page } = await visit(browser, deployment.origin, options)

  for (const path of ['/', '/_/inbox', '/_/inbox?updates=off', '/_/inbox/1']) {
    await page.goto(deployment.origin + path)

    expect(await obstacles(page), path).toEqual([])
  }
  await page.context().close()
})
