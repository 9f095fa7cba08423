import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, visitDashboard, until } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 5 })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const areas = [
  { name: 'Home', chord: 'h', path: '/_/' },
  { name: 'Collections', chord: 'c', path: '/_/c' },
  { name: 'Logs', chord: 'l', path: '/_/logs' },
  { name: 'Schema', chord: 's', path: '/_/schema/definitions', heading: 'Definitions' },
  { name: 'Settings', chord: 't', path: '/_/settings/application' },
  { name: 'Access', chord: 'a', path: '/_/access/rules' },
  { name: 'Mail', chord: 'm', path: '/_/mail/inbox', heading: 'Inbox' },
  { name: 'Webhooks', chord: 'w', path: '/_/webhooks' },
  { name: 'Operations', chord: 'o', path: '/_/operations/backups', heading: 'Backups' },
]

async function shown(page: Page, name: string): Promise<string> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
  return new URL(page.url()).pathname
}

describe('S3 shell', () => {
  it('S3.1 leads to every area by Tab, by palette and by chord', async ({ expect }) => {
    const { page, complaints, strays } = await openDashboard(browser, deployment, '/c/posts')

    for (const { name, chord, path, heading = name } of areas) {
      await page.keyboard.press('g')
      await page.keyboard.press(chord)
      expect(await shown(page, heading)).toBe(path)
      expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
    }
    for (const { name, path, heading = name } of areas) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search or jump' }).fill(name)
      await page.keyboard.press('Enter')
      expect(await shown(page, heading)).toBe(path)
    }
    for (const { name, path, heading = name } of areas) {
      await page.goto(`${deployment.origin}/_/c/posts`)
      await shown(page, 'posts')
      await tabTo(page, name)
      await page.keyboard.press('Enter')
      expect(await shown(page, heading)).toBe(path)
    }
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S3.2 has its navigation behind a button on a phone, and never scrolls sideways', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/', optionsOf(surroundings[2]))

    expect(await page.getByRole('navigation').count()).toBe(0)
    await page.getByRole('button', { name: 'Open navigation' }).click()
    expect(await violations(page)).toEqual([])
    await page.getByRole('dialog').getByRole('link', { name: 'posts', exact: true }).click()

    expect(await shown(page, 'posts')).toBe('/_/c/posts')
    expect(await page.getByRole('dialog').count()).toBe(0)
    for (const path of ['/', '/c', '/c/posts', '/sign-in']) {
      await page.goto(`${deployment.origin}/_${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await scrollsSideways(page), path).toBe(false)
    }
    await page.context().close()
  })

  it('S3.3 shows the mark of the environment on every screen', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/')

    for (const path of ['/', '/c', '/c/posts']) {
      await page.goto(`${deployment.origin}/_${path}`)
      const mark = page.getByText('Local', { exact: true }).filter({ visible: true })
      await mark.waitFor()
      expect(await mark.count(), path).toBe(1)
    }
    await page.context().close()
  })

  it('S3.4 has the theme that was chosen before the first paint', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/', { colorScheme: 'light' })
    const theme = (): Promise<string> => page.evaluate('document.documentElement.dataset.theme')
    const atFirst = await theme()

    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click()
    const chosen = await theme()
    await page.addInitScript(`
      addEventListener('DOMContentLoaded', () => { window.early = document.documentElement.dataset.theme })
    `)
    await page.reload()

    expect([atFirst, chosen, await page.evaluate('window.early')]).toEqual([
      'light',
      'dark',
      'dark',
    ])
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'System' }).click()
    expect(await theme()).toBe('light')
    await page.emulateMedia({ colorScheme: 'dark' })
    await until(page, 'document.documentElement.dataset.theme === "dark"')
    await page.context().close()
  })

  it('S3.5 offers a reload when a part is gone after a deployment', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/')
    await page.route(/collections-screen/, (route) => route.abort())

    await page.getByRole('link', { name: 'Collections', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: 'A newer dashboard' }).waitFor()
    await page.unroute(/collections-screen/)
    await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click()

    expect(await shown(page, 'Collections')).toBe('/_/c')
    await page.context().close()
  })

  it('S3.7 finds a record by its id across collections', async ({ expect }) => {
    const tag = await deployment.admin.collection('tags').getFirstListItem('')
    const { page } = await openDashboard(browser, deployment, '/')

    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or jump' }).fill(tag.id)
    await page.getByRole('option', { name: `tags / ${tag.id}` }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')

    await page.waitForURL(`${deployment.origin}/_/c/tags/${tag.id}`)
    await page.context().close()
  })

  it('lists the shortcuts of the screen, and turns single keys off', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/')

    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Use shortcuts of single keys').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('c')

    expect(await shown(page, 'Home')).toBe('/_/')
    await page.context().close()
  })

  it.for([
    [
      '#/collections?collection=posts&filter=views%3E1&sort=-title',
      '/_/c/posts?filter=views%3E1&sort=-title',
    ],
    ['#/collections', '/_/'],
  ])("leads from PocketBase's address %s", async ([hash = '', expected], { expect }) => {
    const { page } = await openDashboard(browser, deployment, '/c')

    await page.goto(`${deployment.origin}/_/${hash}`)
    await page.getByRole('heading', { level: 1 }).waitFor()

    expect(page.url()).toBe(deployment.origin + expected)
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/', optionsOf(around))

    for (const path of ['/', '/c', '/nowhere']) {
      await page.goto(`${deployment.origin}/_${path}`)
      await page.getByRole('heading').first().waitFor()
      expect(await violations(page), path).toEqual([])
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('does not let a page be read without a sign-in', async ({ expect }) => {
    const { page } = await visitDashboard(browser, deployment)

    await page.goto(`${deployment.origin}/_/c`)

    expect(await shown(page, 'Sign in')).toBe('/_/sign-in')
    await page.context().close()
  })
})

/** Presses Tab until the link of an area has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 28; presses += 1) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate<string>('document.activeElement.textContent.trim()')
    if (text === name) return
  }
  throw new Error(`Tab does not reach ${name}.`)
}
