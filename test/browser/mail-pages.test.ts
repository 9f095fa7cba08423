import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from './chromium.ts'
import { deploy, type Deployment, password } from './deployment.ts'
import { focusOf, obstacles, visit, visitors } from './visitor.ts'

/*
 * Tests the pages that links in mails open as users see them: without scripts, on small and large
 * screens, with the keyboard alone.
 */

let browser: Browser
let deployment: Deployment
let accounts = 0

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const actions = ['verification', 'password-reset', 'email-change'] as const
type Action = (typeof actions)[number]

interface Mailed {
  readonly email: string
  /** The URL of the link. */
  readonly link: string
}

/** Creates an account that received the mail of an action. */
async function mailed(action: Action): Promise<Mailed> {
  const email = `user${accounts++}@example.com`
  const user = await deployment.signUp(email)
  const users = user.collection('users')
  if (action === 'verification') await users.requestVerification(email)
  if (action === 'password-reset') await users.requestPasswordReset(email)
  if (action === 'email-change') await users.requestEmailChange(`new-${email}`)
  return { email, link: await linkTo(action === 'email-change' ? `new-${email}` : email) }
}

interface Inbox {
  readonly items: readonly {
    readonly number: number
    readonly to: readonly { readonly address: string }[]
  }[]
}

/** The link in the latest mail to an address. The mail is sent after the response. */
async function linkTo(address: string): Promise<string> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const list = await deployment.admin.send<Inbox>('/api/mail/inbox', { method: 'GET' })
    const entry = list.items.find(({ to }) => to.some((each) => each.address === address))
    if (entry !== undefined) {
      const mail = await (await fetch(`${deployment.origin}/_/inbox/${entry.number}/body`)).text()
      const link = /https?:\/\/[^\s"<&]+\/_\/auth\/[\w./-]+/.exec(mail)?.[0]
      if (link !== undefined) return link
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`No mail to ${address} has arrived.`)
}

async function signsIn(email: string, word: string): Promise<boolean> {
  const users = deployment.client().collection('users')
  return await users.authWithPassword(email, word).then(
    () => true,
    () => false,
  )
}

/** Presses Tab until an element with this name has the focus. Every stop must be visible. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < 10; stops++) {
    const focus = await focusOf(page)
    if (focus.name === name) {
      if (!focus.isVisible) throw new Error(`The focus on ${name} cannot be seen.`)
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not get to ${name}.`)
}

describe.for(visitors)('$name', ({ options }) => {
  it.for<{ name: string; action?: Action; path?: string }>([
    ...actions.map((action) => ({ name: action, action })),
    { name: 'a link that does not work', path: '/_/auth/confirm-password-reset/nonsense' },
    { name: 'a verified address', path: '/_/auth/email-confirmed' },
    { name: 'a changed password', path: '/_/auth/password-changed' },
    { name: 'a changed address', path: '/_/auth/email-changed' },
    { name: 'a sign-in that worked', path: '/_/auth/oauth2-redirect-success' },
    { name: 'a sign-in that did not', path: '/_/auth/oauth2-redirect-failure' },
    { name: 'the entrance', path: '/_/' },
  ])('the page of $name has no obstacles', async ({ action, path = '' }, { expect }) => {
    const { page, complaints, strays } = await visit(browser, deployment.origin, options)
    const url = action === undefined ? deployment.origin + path : (await mailed(action)).link

    await page.goto(url)

    expect(await obstacles(page)).toEqual([])
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('an address is verified', async ({ expect }) => {
    const { page, complaints } = await visit(browser, deployment.origin, options)
    const { email, link } = await mailed('verification')

    await page.goto(link)
    const question = await page.getByRole('main').innerText()
    await page.getByRole('button', { name: 'Yes, confirm it' }).click()

    expect(question).toContain(email)
    expect(await page.getByRole('heading').innerText()).toBe('Your email address is confirmed')
    expect(page.url()).toBe(`${deployment.origin}/_/auth/email-confirmed`)
    await page.goto(link)
    expect(await page.getByRole('heading').innerText()).toBe('Your email address is confirmed')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('a password is reset after a mistake is reported', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin, options)
    const { email, link } = await mailed('password-reset')
    await page.goto(link)

    await page.getByLabel('New password', { exact: true }).fill('a-new-password')
    await page.getByLabel('New password again').fill('another-password')
    await page.getByRole('button').click()
    const title = await page.title()
    const focus = await focusOf(page)
    const trouble = await obstacles(page)
    await page.getByLabel('New password', { exact: true }).fill('a-new-password')
    await page.getByLabel('New password again').fill('a-new-password')
    await page.getByRole('button').click()

    expect(title).toBe('Error: Choose a new password – Acme Inc')
    expect(focus).toMatchObject({
      name: 'New password again',
      description: 'The two passwords differ.',
      isInvalid: true,
    })
    expect(trouble).toEqual([])
    expect(await page.getByRole('heading').innerText()).toBe('Your password is changed')
    expect(await signsIn(email, 'a-new-password')).toBe(true)
    await page.goto(link)
    expect(await page.getByRole('heading').innerText()).toBe('This link does not work')
    await page.context().close()
  })

  it('an address is changed after a wrong password is reported', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin, options)
    const { email, link } = await mailed('email-change')
    await page.goto(link)

    await page.getByLabel('Password of the account').fill('wrong')
    await page.getByRole('button').click()
    const focus = await focusOf(page)
    const trouble = await obstacles(page)
    await page.getByLabel('Password of the account').fill(password)
    await page.getByRole('button').click()

    expect(focus).toMatchObject({
      name: 'Password of the account',
      description: 'This is not the password of the account.',
      isInvalid: true,
    })
    expect(trouble).toEqual([])
    expect(await page.getByRole('heading').innerText()).toBe('Your email address is changed')
    expect(await signsIn(`new-${email}`, password)).toBe(true)
    await page.context().close()
  })
})

describe('with the keyboard alone', () => {
  it('an address is verified', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin)
    await page.goto((await mailed('verification')).link)

    await tabTo(page, 'Yes, confirm it')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/email-confirmed')

    expect(await page.getByRole('heading').innerText()).toBe('Your email address is confirmed')
    await page.context().close()
  })

  it('a password is reset', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin)
    const { email, link } = await mailed('password-reset')
    await page.goto(link)

    // The first input already has the focus.
    expect((await focusOf(page)).name).toBe('New password')
    await page.keyboard.type('a-new-password')
    await tabTo(page, 'New password again')
    await page.keyboard.type('a-new-password')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/password-changed')

    expect(await signsIn(email, 'a-new-password')).toBe(true)
    await page.context().close()
  })

  it('an address is changed', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin)
    const { email, link } = await mailed('email-change')
    await page.goto(link)

    expect((await focusOf(page)).name).toBe('Password of the account')
    await page.keyboard.type(password)
    await tabTo(page, 'Use this address')
    await page.keyboard.press('Space')
    await page.waitForURL('**/email-changed')

    expect(await signsIn(`new-${email}`, password)).toBe(true)
    await page.context().close()
  })
})

describe('autocomplete', () => {
  it('tells password managers the account and the kind of password', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin)
    const reset = await mailed('password-reset')
    await page.goto(reset.link)
    const onReset = await inputsOf(page)
    await page.goto((await mailed('email-change')).link)
    const onChange = await inputsOf(page)

    expect(onReset).toEqual([`username ${reset.email}`, 'new-password ', 'new-password '])
    expect(onChange.map((input) => input.split(' ')[0])).toEqual(['username', 'current-password'])
    await page.context().close()
  })
})

describe('old links, which name the page in their fragment', () => {
  it.for(actions)('redirect to the page of %s', async (action, { expect }) => {
    const { page, complaints } = await visit(browser, deployment.origin, {
      javaScriptEnabled: true,
    })
    const { link } = await mailed(action)

    await page.goto(link.replace('/_/auth/', '/_/#/auth/'))
    await page.waitForURL(link)

    expect(await page.getByRole('button').count()).toBe(1)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('redirect to no other page', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin, { javaScriptEnabled: true })

    await page.goto(`${deployment.origin}/_/#/auth/confirm-verification/x/../../../api/health`)
    await page.waitForLoadState('networkidle')

    // The dashboard, which asks for a sign-in.
    expect(new URL(page.url()).pathname).toBe('/_/sign-in')
    await page.context().close()
  })

  it('say what to do without scripts', async ({ expect }) => {
    const { page } = await visit(browser, deployment.origin)

    await page.goto(`${deployment.origin}/_/#/auth/confirm-verification/x`)

    expect(await page.getByRole('main').innerText()).toContain('Without JavaScript')
    await page.context().close()
  })
})

/** The inputs of a page: their purposes and values. */
async function inputsOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    "[...document.querySelectorAll('input')].map((input) => input.autocomplete + ' ' + input.value)",
  )
}
