import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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

const path = '/mail/inbox'

/** Puts a mail with this HTML into the inbox. */
async function receive(subject: string, html: string): Promise<void> {
  const mail = JSON.stringify({
    id: 'abc',
    to: [{ name: 'Ann', address: 'ann@example.com' }],
    from: { name: 'Support', address: 'support@example.com' },
    subject,
    html,
    text: 'Your code is 48213377',
  })
  await deployment.database.batch([
    deployment.database.prepare(
      `INSERT INTO _inbox (mail, received) VALUES ('${mail.replaceAll("'", "''")}', 1796040000)`,
    ),
  ])
}

/** A server that counts the requests it gets. */
async function startTrap(): Promise<{ origin: string; hits: string[]; stop: () => void }> {
  const hits: string[] = []
  const server = createServer((request, response) => {
    hits.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, hits, stop: () => server.close() }
}

describe('S24 inbox', () => {
  it('S24.1 shows a mail within 3 seconds, and its link works', async ({ expect }) => {
    const user = await deployment.signUp('newcomer@example.com')
    const { page, complaints, strays } = await openDashboard(browser, deployment, path)
    await page.getByRole('heading', { name: 'No mails yet' }).waitFor()
    expect(await violations(page)).toEqual([])
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.resourceType()))
    await page.clock.pauseAt(Date.now() + 60_000)

    await user.collection('users').requestPasswordReset('newcomer@example.com')
    await page.clock.runFor(3000)
    await page.clock.resume()
    const link = page.getByRole('link', { name: 'Reset your Acme Inc password' })
    await link.waitFor()
    expect(requests).not.toContain('document')
    await link.click()
    const panel = page.getByRole('complementary', { name: 'Mail' })
    await panel.getByText('newcomer@example.com').waitFor()
    const opened = page.waitForEvent('popup')
    await page.frameLocator('iframe').getByRole('link').first().click()
    const form = await opened
    await form.getByRole('heading', { level: 1 }).waitFor()

    expect(new URL(form.url()).pathname).toMatch(/^\/_\/auth\/confirm-password-reset\//)
    expect(await violations(page)).toEqual([])
    // The test's own clock is a script, which the frame of a mail does not run either.
    const others = complaints.filter((text) => !text.startsWith('Blocked script execution'))
    expect({ others, strays }).toEqual({ others: [], strays: [] })
    await page.context().close()
  })

  it('S24.2 runs and loads nothing of a mail', async ({ expect }) => {
    const trap = await startTrap()
    const at = trap.origin
    await receive(
      'Hostile',
      `<meta http-equiv="refresh" content="0; url=${at}/refresh"><link rel="stylesheet" href="${at}/style">
      <style>@import url(${at}/import); body { background: url(${at}/background) }</style>
      <script>top.document.title = 'taken'</script><script src="${at}/script"></script>
      <img src="${at}/image" onerror="parent.document.title = 'taken'">
      <iframe src="${at}/frame"></iframe><object data="${at}/object"></object>
      <form action="${at}/form"><input autofocus><button>Send</button></form>
      <a href="javascript:document.title='taken'">Script</a> <a href="${at}/page">Page</a>`,
    )
    const { page } = await openDashboard(browser, deployment, path)
    await page.getByRole('link', { name: 'Hostile' }).click()
    const frame = page.frameLocator('iframe')
    await frame.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Source', { exact: true }).click()
    await page.getByText('http-equiv', { exact: false }).waitFor()

    expect(await page.title()).toBe('Inbox – Acme Inc')
    await page.getByText("javascript:document.title='taken'", { exact: true }).waitFor()
    expect(await page.getByRole('link', { name: /^javascript/ }).count()).toBe(0)
    expect(await page.getByRole('link', { name: `${at}/page` }).getAttribute('rel')).toBe(
      'noopener noreferrer',
    )
    await page.getByText('48213377').first().waitFor()
    expect(trap.hits).toEqual([])
    trap.stop()
    await page.context().close()
  })

  it('S24.3 does not exist for other machines', async ({ expect }) => {
    const origin = deployment.origin.replace('127.0.0.1', 'acme.localhost')
    const elsewhere = { origin, client: () => deployment.client() }
    const { page } = await openDashboard(browser, elsewhere, path)

    await page.getByRole('heading', { name: 'There is no inbox here' }).waitFor()
    const navigation = page.getByRole('navigation', { name: 'Main' })
    await navigation.getByRole('link', { name: 'Operations' }).waitFor()
    expect(await navigation.getByRole('link', { name: 'Mail' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    await receive(
      'A subject with more words than the one line of a telephone has room for',
      '<p>Hello, Ann</p>',
    )
    const { page } = await openDashboard(browser, deployment, path, optionsOf(around))
    await page.getByRole('list', { name: 'Mails' }).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page
      .getByRole('link', { name: /^A subject/ })
      .first()
      .click()
    await page.frameLocator('iframe').getByText('Hello, Ann').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    await page.context().close()
  })
})
