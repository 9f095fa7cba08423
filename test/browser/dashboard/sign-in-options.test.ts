import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'

let browser: Browser
let deployment: Deployment
const path = '/c/members/schema/sign-in'

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await deployment.admin.collections.create({
    name: 'members',
    type: 'auth',
    fields: [
      { name: 'nick', type: 'text' },
      { name: 'picture', type: 'url' },
    ],
    indexes: ['CREATE UNIQUE INDEX `idx_nick` ON `members` (`nick`)'],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved.').waitFor()
}

/** Replaces the body of a mail, which is opened for that. */
async function writeMail(page: Page, name: string, mark: string): Promise<void> {
  const form = mailForm(page, name)
  await form.locator('summary').click()
  await form.getByLabel('Subject').fill(`Subject ${mark}`)
  await form.getByRole('textbox', { name: `${name}: Body` }).fill(`<p>Body ${mark}</p>`)
}

function mailForm(page: Page, name: string): Locator {
  return page.locator('details').filter({ has: page.locator('summary', { hasText: name }) })
}

const mails = [
  'Verification',
  'Password reset',
  'Change of address',
  'One-time code',
  'Sign-in alert',
]

describe('S12 sign-in options', () => {
  it('S12.1 sets every option, and shows it again', async ({ expect }) => {
    const { page, complaints } = await openDashboard(browser, deployment, path)
    await page.getByLabel('nick').check()

    await page.getByLabel('Sign in with an account of another service').check()
    await page.getByRole('button', { name: 'Add a provider' }).click()
    await page.getByRole('button', { name: 'OIDC', exact: true }).click()
    await page.getByLabel('Client ID').fill('client-1')
    await page.getByLabel('Client secret').fill('secret-1')
    await page.getByLabel('Name on the button').fill('Company')
    await page.getByLabel('Authorization address').fill('https://id.example.com/auth')
    await page.getByLabel('Token address').fill('https://id.example.com/token')
    await page.getByLabel('User info address').fill('https://id.example.com/me')
    await page.getByLabel('Proof of the client (PKCE)').selectOption('Off')
    await page.getByLabel('More options, as JSON').fill('{"tenant": "a"}')
    await page.getByLabel('ID at the provider').selectOption('nick')
    await page.getByLabel('Full name').selectOption('nick')
    await page.getByLabel('User name', { exact: true }).selectOption('nick')
    await page.getByLabel('Picture').selectOption('picture')

    await page.getByLabel('Sign in with a code sent by mail').check()
    await page.getByLabel('Valid for').fill('240')
    await page.getByText('4 minutes', { exact: true }).waitFor()
    await page.getByLabel('Digits').fill('6')
    await page.getByLabel('Require two steps').check()
    await page.getByLabel('Time for the second step').fill('900')
    const rule = page.getByRole('textbox', { name: 'Accounts that need two steps' })
    await rule.fill("nick != ''")
    await page.getByLabel('Send a mail after a sign-in').uncheck()
    for (const [index, label] of tokenLabels.entries()) {
      await page.getByLabel(`${label}, in seconds`).fill(String(3600 + index))
    }
    for (const [index, name] of mails.entries()) await writeMail(page, name, String(index))
    await save(page)

    const stored = await deployment.admin.collections.getOne('members')
    expect(stored).toMatchObject(options)
    await page.reload()
    await rule.waitFor()
    expect(await rule.textContent()).toBe("nick != ''")
    expect(await page.getByLabel('nick').isChecked()).toBe(true)
    expect(await page.getByLabel('Picture').inputValue()).toBe('picture')
    expect(await page.getByLabel('Digits').inputValue()).toBe('6')
    expect(await page.getByLabel('Sign-in, in seconds').inputValue()).toBe('3600')
    await page.getByText('OIDC', { exact: true }).click()
    expect(await page.getByLabel('Client ID').inputValue()).toBe('client-1')
    expect(await page.getByLabel('Token address').inputValue()).toBe('https://id.example.com/token')
    await mailForm(page, 'Verification').locator('summary').click()
    await mailForm(page, 'Verification').locator('pre').getByText('Body 0').waitFor()
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])

    // S12.2: a secret that was not touched is not sent, and stays.
    const secretNow = async (): Promise<string> => {
      const row = await deployment.database
        .prepare("SELECT options FROM _collections WHERE name = 'members'")
        .first<{ options: string }>()
      return row?.options ?? ''
    }
    expect(await page.getByLabel('Client secret').inputValue()).toBe('')
    await page.getByLabel('Name on the button').fill('The company')
    await save(page)
    expect(await secretNow()).toContain('secret-1')
    expect(await secretNow()).toContain('The company')
    await page.context().close()
  })

  it('S12.2 keeps typed secrets out of the stored draft', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, path)
    await page.getByText('OIDC', { exact: true }).click()
    await page.getByLabel('Client secret').fill('never-stored')
    await page.getByLabel('Client ID').fill('client-2')
    const drafts = (): Promise<string> => page.evaluate('JSON.stringify(localStorage)')

    await expect.poll(drafts).toContain('client-2')

    expect(await drafts()).not.toContain('never-stored')
    await page.context().close()
  })

  it('S12.3 invalidates all tokens by the typed name', async ({ expect }) => {
    const user = await deployment.signUp('ann@example.com')
    const { page } = await openDashboard(browser, deployment, '/c/users/schema/sign-in')

    await page.getByRole('button', { name: 'Invalidate all tokens: Sign-in' }).click()
    const dialog = page.getByRole('dialog')
    const confirm = dialog.getByRole('button', { name: 'Invalidate all' })
    expect(await confirm.getAttribute('aria-disabled')).toBe('true')
    await dialog.getByLabel('Type users to confirm').fill('users')
    await confirm.click()
    await page.getByText('All tokens are invalid now: Sign-in.').waitFor()

    await expect(user.collection('users').authRefresh()).rejects.toMatchObject({ status: 401 })
    await user.collection('users').authWithPassword('ann@example.com', password)
    await page.context().close()
  })

  it('S12.4 warns of OAuth2 without a provider, here and in the sidebar', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c/users/schema/sign-in')

    await page.getByLabel('Sign in with an account of another service').check()
    await page.getByText('OAuth2 is on, but there is no provider yet').waitFor()
    await save(page)

    await page.getByRole('link', { name: 'users OAuth2 is on without a provider' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('S12 has no obstacles on $name', async (around, { expect }) => {
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await page.getByText('OIDC', { exact: true }).click()
    await mailForm(page, 'Verification').locator('summary').click()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.getByRole('button', { name: 'Add a provider' }).click()
    await page.getByRole('button', { name: 'Google' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })
})

const tokenLabels = [
  'Sign-in',
  'Verification of an address',
  'Password reset',
  'Change of address',
  'Protected files',
]

function mail(mark: number): object {
  return { subject: `Subject ${mark}`, body: `<p>Body ${mark}</p>` }
}

/** The options that the first test sets. */
const options = {
  passwordAuth: { enabled: true, identityFields: ['email', 'nick'] },
  oauth2: {
    enabled: true,
    mappedFields: { id: 'nick', name: 'nick', username: 'nick', avatarURL: 'picture' },
    providers: [
      {
        name: 'oidc',
        clientId: 'client-1',
        displayName: 'Company',
        authURL: 'https://id.example.com/auth',
        tokenURL: 'https://id.example.com/token',
        userInfoURL: 'https://id.example.com/me',
        pkce: false,
        extra: { tenant: 'a' },
      },
    ],
  },
  otp: { enabled: true, duration: 240, length: 6, emailTemplate: mail(3) },
  mfa: { enabled: true, duration: 900, rule: "nick != ''" },
  authAlert: { enabled: false, emailTemplate: mail(4) },
  authToken: { duration: 3600 },
  verificationToken: { duration: 3601 },
  passwordResetToken: { duration: 3602 },
  emailChangeToken: { duration: 3603 },
  fileToken: { duration: 3604 },
  verificationTemplate: mail(0),
  resetPasswordTemplate: mail(1),
  confirmEmailChangeTemplate: mail(2),
}
