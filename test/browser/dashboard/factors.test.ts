import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { codeAt, fromBase32, stepAt } from '#auth/factors/totp.ts'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { optionsOf, surroundings, visitDashboard } from './dashboard.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await deployment.admin.collections.update('_superusers', {
    security: { totp: { enabled: true } },
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

/** Makes a superuser, so that no test meets the factors of another one. */
async function newSuperuser(email: string): Promise<string> {
  const { id } = await deployment.admin
    .collection('_superusers')
    .create({ email, password, passwordConfirm: password })
  return id
}

async function openSignIn(options = {}): Promise<Page> {
  const { page } = await visitDashboard(browser, deployment, options)
  await page.goto(`${deployment.origin}/_/sign-in?next=/me`)
  return page
}

async function enterPassword(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Adds an authenticator in a dialog or at sign-in, and returns its secret. */
async function enrol(page: Page, within: Page | Locator = page): Promise<string> {
  await within.getByLabel('Name', { exact: true }).fill('Phone')
  await within.getByRole('button', { name: 'Continue' }).click()
  await within.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
  const secret = await within.getByLabel('Or type this key into the app').inputValue()
  await within.getByLabel('Code from the app').fill(await codeOf(secret))
  await within.getByRole('button', { name: 'Confirm' }).click()
  return secret
}

/** The code that an app shows; each works once, so a later one may be needed. */
async function codeOf(secret: string, later = 0): Promise<string> {
  return await codeAt(fromBase32(secret), stepAt(new Date()) + later)
}

async function codesIn(page: Page): Promise<string[]> {
  return await page.getByRole('list', { name: 'Recovery codes' }).locator('li').allTextContents()
}

describe('second factors', () => {
  it('S31 adds an authenticator and shows recovery codes once; S2 signs in with either', async ({
    expect,
  }) => {
    await newSuperuser('ann@example.com')
    const { page, complaints, strays } = await visitDashboard(browser, deployment)
    await page.goto(`${deployment.origin}/_/sign-in?next=/me`)
    await enterPassword(page, 'ann@example.com')
    await page.getByText('No authenticator app is set up.').waitFor()
    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    const dialog = page.getByRole('dialog')
    const secret = await enrol(page, dialog)
    await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
    const codes = await codesIn(page)
    expect(codes).toHaveLength(10)
    expect(await violations(page)).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download codes' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('recovery-codes.txt')
    await dialog.getByRole('button', { name: 'I kept them' }).click()
    await page.getByRole('list', { name: 'Authenticators' }).getByText('Phone').waitFor()
    await page.getByText('10 recovery codes are left.').waitFor()
    const kept = await page.evaluate<string>(
      'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.body.textContent',
    )
    expect(kept).not.toContain(codes[0])
    expect(kept).not.toContain(secret)
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()

    const other = await openSignIn()
    await enterPassword(other, 'ann@example.com')
    const code = other.getByLabel('Code from the authenticator app')
    await code.waitFor()
    expect(await violations(other)).toEqual([])
    await code.fill('000000')
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByText('This code is wrong or was used before.').waitFor()
    await code.fill(await codeOf(secret, 1))
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
    await other.context().close()

    const lost = await openSignIn()
    await enterPassword(lost, 'ann@example.com')
    await lost.getByRole('button', { name: 'Use a recovery code' }).click()
    await lost.getByLabel('Recovery code').fill(codes[0]?.toLowerCase() ?? '')
    await lost.getByRole('button', { name: 'Sign in' }).click()
    await lost.getByText('9 recovery codes are left.').waitFor()
    await lost.context().close()
  })

  it('S6 lets a superuser remove the authenticator of another account', async ({ expect }) => {
    const id = await newSuperuser('ben@example.com')
    const page = await openSignIn()
    await enterPassword(page, 'ben@example.com')
    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    await enrol(page, page.getByRole('dialog'))
    await page.getByRole('button', { name: 'I kept them' }).click()
    await page.getByRole('list', { name: 'Authenticators' }).waitFor()
    await page.context().close()
    await newSuperuser('helper@example.com')

    const helper = await openSignIn()
    await enterPassword(helper, 'helper@example.com')
    await helper.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
    await helper.goto(`${deployment.origin}/_/c/_superusers/${id}?tab=account`)
    await helper.getByRole('button', { name: 'Actions of Phone' }).click()
    await helper.getByRole('menuitem', { name: 'Remove' }).click()
    await helper.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await helper.getByText('No authenticator app is set up.').waitFor()
    const { items } = await deployment.admin.send<{ items: object[] }>(
      `/api/collections/_superusers/factors?record=${id}`,
      {},
    )

    expect(items).toEqual([])
    await helper.context().close()
  })

  it('S2 adds an authenticator during the sign-in of an account that must have one', async ({
    expect,
  }) => {
    await newSuperuser('cleo@example.com')
    await deployment.admin.collections.update('_superusers', { mfa: { enabled: true } })
    try {
      const page = await openSignIn()
      await enterPassword(page, 'cleo@example.com')
      await page.getByText('This account needs a second factor').waitFor()
      expect(await violations(page)).toEqual([])
      await enrol(page)
      await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
      expect(new URL(page.url()).pathname).toBe('/_/sign-in')
      await page.getByRole('button', { name: 'I kept them' }).click()
      await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
      await page.getByText('This account must have a second factor.').waitFor()
      await page.context().close()
    } finally {
      await deployment.admin.collections.update('_superusers', { mfa: { enabled: false } })
    }
  })

  it('asks for a proof of identity when the server wants one, and then goes on', async ({
    expect,
  }) => {
    await newSuperuser('dora@example.com')
    const page = await openSignIn()
    await enterPassword(page, 'dora@example.com')
    await page.getByText('No authenticator app is set up.').waitFor()
    await page.route(
      /factors\/totp$/,
      async (route) => {
        const stepUp = {
          code: 'step_up_required',
          message: 'Prove who you are again.',
          params: { level: 1, maxAge: 600, methods: ['password'] },
        }
        const message = 'A recent sign-in is required.'
        await route.fulfill({ status: 403, json: { status: 403, message, data: { stepUp } } })
      },
      { times: 2 },
    )
    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Phone')
    await page.getByRole('button', { name: 'Continue' }).click()
    const proof = page.getByRole('dialog', { name: 'Prove that it is you' })
    await proof.getByLabel('Password', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('A recent sign-in is required.').waitFor()

    await page.getByRole('button', { name: 'Continue' }).click()
    await proof.getByLabel('Password', { exact: true }).fill('wrong')
    await proof.getByRole('button', { name: 'Continue' }).click()
    await proof.getByText('This password is wrong.').waitFor()
    expect(await violations(page)).toEqual([])
    await proof.getByLabel('Password', { exact: true }).fill(password)
    await proof.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()
    await page.context().close()
  })

  it('S12 sets the options of second factors', async ({ expect }) => {
    await newSuperuser('eve@example.com')
    const page = await openSignIn()
    await enterPassword(page, 'eve@example.com')
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
    await page.goto(`${deployment.origin}/_/c/users/schema/sign-in`)
    await page.getByLabel('Accounts may add authenticator apps').check()
    await page.getByLabel('Name in the app').fill('Acme')
    const methods = page.getByRole('group', { name: 'Second factors' })
    await methods.getByLabel('Recovery code').check()
    await methods.getByLabel('Authenticator app').check()
    await page.getByLabel('Mail the owner after ten wrong codes').uncheck()
    await page
      .getByRole('group', { name: 'Also needed to' })
      .getByLabel('Change the address')
      .check()
    await page.getByLabel('Refuse the 10,000 most common ones').check()
    await page.getByLabel('Further words to refuse').fill('zeppelin\n\nharbour ')
    await page.getByLabel('A session ends after').fill('2592000')
    await page.getByText('30 days').waitFor()
    await page.getByLabel('Sessions of an account').fill('5')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()

    const stored = await deployment.admin.collections.getOne('users')
    expect(stored['security']).toEqual({
      mfa: { methods: ['totp', 'recovery'], enrolled: 'totp', enrolAtSignIn: true },
      totp: { enabled: true, issuer: 'Acme', skew: 1 },
      stepUp: { maxAge: 600, actions: ['email'] },
      session: { maxLifetime: 2592000, maxCount: 5 },
      password: { common: true, personal: false, words: ['zeppelin', 'harbour'] },
      alerts: { factors: true, guessing: false },
    })
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const email = `${around.name.replace(/\W+/g, '-')}@example.com`
    await newSuperuser(email)
    const page = await openSignIn(optionsOf(around))
    await enterPassword(page, email)
    await page.getByText('No authenticator app is set up.').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    await page.getByLabel('Name', { exact: true }).fill('A phone with a name that goes on and on')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
