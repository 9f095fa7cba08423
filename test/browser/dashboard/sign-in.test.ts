import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password, superuserEmail } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, visitDashboard, until } from './dashboard.ts'

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

async function fillIn(page: Page, secret = password): Promise<void> {
  await page.getByLabel('Email').fill(superuserEmail)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The code of the newest mail in the local inbox. */
async function mailedCode(): Promise<string> {
  for (let attempts = 0; attempts < 600; attempts++) {
    const row = await deployment.database
      .prepare('SELECT "mail" FROM "_inbox" ORDER BY "number" DESC LIMIT 1')
      .first<{ mail: string }>()
    const code = /\b(\d{8})\b/.exec(row?.mail ?? '')?.[1]
    if (code !== undefined) return code
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('No code was mailed.')
}

describe('S2 sign-in', () => {
  it('S2.1 shows the address in next afterwards', async ({ expect }) => {
    const { page, complaints, strays } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/c/users?sort=-created`)
    await page.waitForURL(/\/_\/sign-in\?next=/)

    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'users' }).waitFor()

    expect(page.url()).toBe(`${deployment.origin}/_/c/users?sort=-created`)
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it.for(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'S2.1 ignores another origin in next: %s',
    async (next, { expect }) => {
      const { page, strays } = await visitDashboard(browser, deployment)
      await page.goto(`${deployment.origin}/_/sign-in?next=${encodeURIComponent(next)}`)

      await fillIn(page)
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

      expect(new URL(page.url()).origin).toBe(deployment.origin)
      expect(strays).toEqual([])
      await page.context().close()
    },
  )

  it('S2.2 reports a wrong password in a summary with the focus, and keeps the address', async ({
    expect,
  }) => {
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/sign-in`)

    await fillIn(page, 'not the password')
    await page.getByRole('alert').waitFor()
    await until(page, "document.activeElement?.textContent?.includes('Wrong email')")

    expect(await page.getByLabel('Email').inputValue()).toBe(superuserEmail)
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    await page.context().close()
  })

  it('S2.3 completes a sign-in of two steps with the code from the mail', async ({ expect }) => {
    const { admin } = deployment
    await admin.collections.update('_superusers', {
      mfa: { enabled: true },
      otp: { enabled: true },
    })
    try {
      const { page } = await visitDashboard(browser, deployment)
      await page.goto(`${deployment.origin}/_/sign-in`)
      await fillIn(page)
      const input = page.getByLabel('Code from the mail')
      await input.waitFor()
      expect(await violations(page)).toEqual([])
      await input.fill('00000000')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('This code is wrong or has expired').waitFor()

      await input.fill(await mailedCode())
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      await page.context().close()
    } finally {
      await admin.collections.update('_superusers', {
        mfa: { enabled: false },
        otp: { enabled: false },
      })
    }
  })

  it('S2.5 counts down to the next attempt', async ({ expect }) => {
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/sign-in`)
    await page.route(/auth-with-password/, async (route) => {
      await route.fulfill({
        status: 429,
        headers: { 'Retry-After': '3' },
        json: { status: 429, message: 'Too Many Requests.', data: {} },
      })
    })

    await fillIn(page)
    await page.getByText(/Try again in [23] seconds/).waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true)
    await page.unroute(/auth-with-password/)
    await page.getByText(/Try again in/).waitFor({ state: 'hidden' })
    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.context().close()
  })

  it('S2.7 asks for the password again over a form, which keeps its input', async ({ expect }) => {
    const fields = [{ name: 'name', type: 'text' }]
    await deployment.admin.collections.create({ name: 'notes', type: 'base', fields })
    const { page } = await openDashboard(browser, deployment, '/c/notes/new')
    const name = page.getByRole('complementary').getByRole('textbox', { name: 'name' })
    await name.fill('Not saved yet')
    await page.route(/\/records/, async (route) => {
      const headers = { ...route.request().headers(), authorization: 'ended' }
      await route.continue({ headers })
    })
    await page.route(/auth-refresh/, async (route) => {
      await route.fulfill({ status: 401, json: { status: 401, message: 'Ended.', data: {} } })
    })
    await page.getByRole('button', { name: 'Create record' }).click()

    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).waitFor()
    await page.unroute(/\/records/)
    await page.unroute(/auth-refresh/)
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.waitFor({ state: 'detached' })

    expect(await name.inputValue()).toBe('Not saved yet')
    await page.context().close()
  })

  it('forgets the session with the tab, or keeps it when asked to', async ({ expect }) => {
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/sign-in`)
    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    const inTab = await page.evaluate<string[]>('[...Object.keys(localStorage)]')
    await page.evaluate('sessionStorage.clear()')
    await page.goto(`${deployment.origin}/_/sign-in`)
    await page.getByLabel('Keep me signed in').check()
    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${deployment.origin}/_/`)

    await other.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

    expect(inTab.filter((key) => key.includes('session'))).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await visitDashboard(browser, deployment, optionsOf(around))
    await page.goto(`${deployment.origin}/_/sign-in`)
    await page.getByRole('heading', { level: 1 }).waitFor()

    expect(await violations(page)).toEqual([])
    await fillIn(page, 'not the password')
    await page.getByRole('alert').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})

describe('the session', () => {
  it('S3.6 ends in every tab when one signs out', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/')
    const other = await page.context().newPage()
    await other.goto(`${deployment.origin}/_/c`)
    await other.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()

    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()

    expect(await page.evaluate('sessionStorage.getItem("arete:session:/_/")')).toBeNull()
    expect(new URL(other.url()).searchParams.get('next')).toBe('/c')
    await page.context().close()
  })

  it('asks to sign in again over the screen when the server ended it', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c')
    await page.evaluate(`(() => {
      const key = 'arete:session:/_/'
      const kept = JSON.parse(sessionStorage.getItem(key))
      const [head, claims] = kept.token.split('.')
      sessionStorage.setItem(key, JSON.stringify({ ...kept, token: [head, claims, 'x'].join('.') }))
    })()`)
    await page.goto(`${deployment.origin}/_/c`)

    const dialog = page.getByRole('dialog', { name: 'Your session ended' })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('main')
      .getByRole('link', { name: /^users/ })
      .waitFor()

    expect(await dialog.count()).toBe(0)
    await page.context().close()
  })
})
