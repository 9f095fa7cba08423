import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { startChromium } from './chromium.ts'
import { deploy, type Deployment } from './deployment.ts'
import { visit, visitors } from './visitor.ts'

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
