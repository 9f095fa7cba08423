import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { optionsOf, surroundings, visitDashboard } from './dashboard.ts'

const email = 'first@example.com'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
})

beforeEach(async () => {
  await deployment.database.prepare('DELETE FROM _superusers').run()
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** Prints a link, as `npm start` does. */
async function printLink(): Promise<{ readonly token: string; readonly link: string }> {
  const { token, statement } = await newSetupLink(new Date())
  await deployment.database.prepare(statement).run()
  return { token, link: `${deployment.origin}/_/setup#${token}` }
}

async function fillIn(page: Page, secret = password): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByLabel('Password again').fill(secret)
  await page.getByRole('button', { name: 'Create superuser' }).click()
}

describe('S1 setup', () => {
  it('S1.1 leads from the printed link to the collections in one form', async ({ expect }) => {
    const { link } = await printLink()
    const { page, complaints, strays } = await visitDashboard(browser, deployment)
    await page.goto(link)

    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()

    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S1.2 shows no form for a used link', async ({ expect }) => {
    const { link } = await printLink()
    const first = await visitDashboard(browser, deployment)
    await first.page.goto(link)
    await fillIn(first.page)
    await first.page.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()
    await first.page.context().close()
    const { page } = await visitDashboard(browser, deployment)

    await page.goto(link)
    await page.getByText('already used').waitFor()

    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.getByRole('link', { name: 'Go to the sign-in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  it('S1.2 shows no form once a newer link took the place of this one', async ({ expect }) => {
    const { link } = await printLink()
    await printLink()
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(link)

    await fillIn(page)
    await page.getByText('a newer one took its place').waitFor()

    expect(await page.getByRole('textbox').count()).toBe(0)
    await page.context().close()
  })

  it('S1.3 takes the token out of the address before the first request', async ({ expect }) => {
    const { token, link } = await printLink()
    const { page } = await visitDashboard(browser, deployment)
    const seen: { readonly request: string; readonly referrer: string; readonly page: string }[] =
      []
    page.on('request', (request) => {
      if (!request.url().includes('/api/')) return
      const referrer = request.headers()['referer'] ?? ''
      seen.push({ request: request.url(), referrer, page: page.url() })
    })
    await page.goto(link)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()

    const kept = await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])')
    await page.goBack()

    expect(seen.length).toBeGreaterThan(1)
    expect(JSON.stringify(seen)).not.toContain(token)
    expect(kept).not.toContain(token)
    // The link's own entry in the history is the one that the collections replaced.
    expect(page.url()).toBe('about:blank')
    await page.context().close()
  })

  it('S1.4 reports a password that is too short at its field', async ({ expect }) => {
    const { link } = await printLink()
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(link)

    await fillIn(page, 'short')
    await page.getByText('Must be at least 8 character(s).').waitFor()

    const field = page.getByLabel('Password', { exact: true })
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('Email').inputValue()).toBe(email)
    await fillIn(page)
    await page.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()
    await page.context().close()
  })

  it('takes the token of another link that is opened in the same tab', async ({ expect }) => {
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/setup`)
    await page.getByRole('heading', { level: 1, name: 'Open the setup link' }).waitFor()

    await page.goto((await printLink()).link)
    await page.getByLabel('Email').waitFor()

    expect(page.url()).toBe(`${deployment.origin}/_/setup`)
    await page.context().close()
  })

  it('S2.4 is what the sign-in leads to while there is no superuser', async ({ expect }) => {
    const { page } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/`)

    await page.getByText('There is no superuser yet').waitFor()

    expect(await page.getByText('npm run superuser -- upsert').count()).toBe(1)
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { link } = await printLink()
    const { page } = await visitDashboard(browser, deployment, optionsOf(around))
    await page.goto(link)
    await page.getByLabel('Email').waitFor()

    expect(await violations(page)).toEqual([])
    await fillIn(page, 'short')
    await page.getByRole('alert').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
