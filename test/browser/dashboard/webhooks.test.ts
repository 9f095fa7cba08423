import type { Browser, Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings, until } from './dashboard.ts'
import { type LoopbackReceiver, startReceiver } from './receiver.ts'

let browser: Browser
let deployment: Deployment
let receiver: LoopbackReceiver

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await deployment.admin.collections.create({
    name: 'notes',
    type: 'base',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'internal', type: 'text', hidden: true },
    ],
  })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.stop()
  const { items } = await deployment.admin.send<{ items: { id: string }[] }>('/api/webhooks', {})
  for (const { id } of items) {
    await deployment.admin.send(`/api/webhooks/${id}`, { method: 'DELETE' })
  }
})

async function createWebhook(body: object = {}): Promise<{ id: string; secret: string }> {
  return await deployment.admin.send('/api/webhooks', {
    method: 'POST',
    body: { name: 'orders', url: receiver.url, collection: 'notes', ...body },
  })
}

/** Creates a record, and waits until its delivery was attempted. */
async function attempted(id: string, title: string): Promise<void> {
  await deployment.admin.collection('notes').create({ title })
  for (;;) {
    const path = `/api/webhooks/${id}/deliveries`
    const { items } = await deployment.admin.send<{ items: { attempts: number }[] }>(path, {})
    if ((items[0]?.attempts ?? 0) > 0) return
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
}

async function rowOf(page: Page, text: string): Promise<void> {
  await page.getByRole('row').filter({ hasText: text }).first().waitFor()
}

describe('S25 webhooks', () => {
  it('S25.1 replays a failed delivery under its webhook-id, and counts both attempts', async ({
    expect,
  }) => {
    receiver.status = 500
    const { id, secret } = await createWebhook()
    await attempted(id, 'first')
    const { page, complaints, strays } = await openDashboard(browser, deployment, `/webhooks/${id}`)
    await page.getByText('The receiver does not answer as it should').waitFor()
    await rowOf(page, '500')

    await page.getByRole('link', { name: /record\.created/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('away for lunch').waitFor()
    await dialog.getByText('"title": "first"').waitFor()
    expect(await dialog.getByText('internal').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    receiver.status = 204
    const before = receiver.arrivals.length
    await dialog.getByRole('button', { name: 'Replay' }).click()
    await dialog.getByText('Done', { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    await rowOf(page, '204')
    const ids = new Set(receiver.arrivals.map((arrival) => arrival.id))
    expect(ids.size).toBe(1)
    const last = receiver.arrivals.at(-1)
    const row = page.getByRole('row').filter({ hasText: '204' })
    expect(await row.getByRole('cell').nth(2).textContent()).toBe(String(before + 1))
    expect(() =>
      new Webhook(secret).verify(last?.body ?? '', {
        'webhook-id': last?.id ?? '',
        'webhook-timestamp': last?.timestamp ?? '',
        'webhook-signature': last?.signature ?? '',
      }),
    ).not.toThrow()
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S25.2 reports a refused target at its field, and checks the filter while it is typed', async ({
    expect,
  }) => {
    const { page, complaints } = await openDashboard(browser, deployment, '/webhooks/new')
    const url = page.getByLabel('URL')
    await url.fill('https://10.0.0.1/hook')
    await page.getByLabel('Collection', { exact: true }).selectOption('notes')
    const filter = page.getByRole('textbox', { name: 'Filter', exact: true })
    await filter.fill('@old.title != title')
    await page.getByText('Sent if the former title is not title.').waitFor()
    await page.getByRole('button', { name: 'Create webhook' }).click()
    await page.getByText('Not saved: 1 field needs attention.').waitFor()

    const described = await url.getAttribute('aria-describedby')
    const texts = await page.evaluate<string>(
      `${JSON.stringify(described)}.split(' ').map((id) => document.getElementById(id).textContent).join(' ')`,
    )
    expect(texts).toContain('Must not be a private or special address.')
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])
    await filter.fill("@request.auth.id != ''")
    await page.getByText('An event has no request').waitFor()
    await filter.fill("@old.titel != ''")
    await page.getByText('notes has no field named titel.').waitFor()
    await page.context().close()
  })

  it('S25.3 shows a secret once', async ({ expect }) => {
    await deployment.admin.collection('notes').create({ title: 'newest', internal: 'secret' })
    const { page } = await openDashboard(browser, deployment, '/webhooks')
    await page.getByText('Nothing is sent anywhere yet').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'New webhook' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('Search index')
    await page.getByLabel('URL').fill(receiver.url)
    await page.getByLabel('Collection', { exact: true }).selectOption('notes')
    await page.getByText('Preview', { exact: true }).click()
    const preview = page.getByRole('region', { name: 'Preview' })
    await preview.getByText('"title": "newest"').waitFor()
    expect(await preview.textContent()).not.toContain('internal')
    await page.getByRole('button', { name: 'Add header' }).click()
    await page.getByLabel('Name of header 1').fill('Authorization')
    await page.getByLabel('Value of header 1').fill('Bearer of-the-receiver')
    await page.getByRole('button', { name: 'Create webhook' }).click()
    const shown = page.getByLabel('Signing secret')
    await shown.waitFor()
    const secret = await shown.inputValue()
    expect(secret).toMatch(/^whsec_/)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await shown.count()).toBe(1)
    await page.getByRole('button', { name: 'I kept it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Search index' }).waitFor()

    const answers: Promise<string>[] = []
    page.on('response', (response) => {
      if (response.url().includes('/api/')) answers.push(response.text().catch(() => ''))
    })
    await page.getByRole('link', { name: 'Settings' }).last().click()
    await page.getByLabel('Value of header 1').waitFor()
    await page.reload()
    await page.getByLabel('Value of header 1').waitFor()
    expect(await page.getByLabel('Value of header 1').inputValue()).toBe('******')
    const kept = await page.evaluate<string>(
      `JSON.stringify({ ...localStorage, ...sessionStorage }) + document.documentElement.outerHTML`,
    )
    const all = [kept, ...(await Promise.all(answers))].join('')
    expect(all).not.toContain(secret)
    expect(all).not.toContain('of-the-receiver')

    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Rotate secret' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click()
    await shown.waitFor()
    expect(await shown.inputValue()).not.toBe(secret)
    await page.context().close()
  })

  it('saves what was changed, and leaves stored headers alone', async ({ expect }) => {
    const { id } = await createWebhook({ headers: { 'X-Key': 'kept' } })
    const { page, complaints } = await openDashboard(browser, deployment, `/webhooks/${id}/edit`)
    await page.getByLabel('Records are deleted').uncheck()
    await page.getByLabel('title', { exact: true }).check()
    await page.getByLabel('Timeout in seconds').fill('40')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Must be no greater than 30.').waitFor()
    await page.getByLabel('Timeout in seconds').fill('5')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved.').waitFor()

    const stored = await deployment.admin.send(`/api/webhooks/${id}`, {})
    expect(stored).toMatchObject({
      events: ['created', 'updated'],
      fields: ['title'],
      timeout: 5,
      headers: { 'X-Key': '******' },
    })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('sends a test, and says what came back', async ({ expect }) => {
    const { id } = await createWebhook()
    const { page } = await openDashboard(browser, deployment, `/webhooks/${id}`)
    await page.getByText('Nothing was sent yet').waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText(/^The receiver answered 204 in \d+ ms\.$/).waitFor()
    expect(JSON.parse(receiver.arrivals[0]?.body ?? '{}')).toMatchObject({ type: 'test.ping' })
    receiver.status = 503
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText(/^It answered 503 in \d+ ms\.$/).waitFor()

    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('says why a webhook is off, and replays what waited once it is on', async ({ expect }) => {
    receiver.status = 410
    const { id } = await createWebhook()
    await attempted(id, 'to nowhere')
    const { page } = await openDashboard(browser, deployment, `/webhooks/${id}`)
    await page.getByText('The receiver answered 410').waitFor()
    receiver.status = 204
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('The webhook is on.').waitFor()
    await page.getByRole('button', { name: 'Replay many' }).click()
    const dialog = page.getByRole('dialog')
    const action = dialog.getByRole('button', { name: 'Replay 1 delivery' })
    await action.waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('Changed until').fill('2020-01-01T00:00')
    await dialog.getByText('No delivery matches.').waitFor()
    await dialog.getByLabel('Changed until').fill('')
    await action.click()

    await page.getByText('1 delivery is being sent again.').waitFor()
    await rowOf(page, 'Done')
    expect(new Set(receiver.arrivals.map((arrival) => arrival.id)).size).toBe(1)
    await page.getByLabel('State').selectOption('Dead')
    await page.getByText('No delivery matches this filter').waitFor()
    expect(new URL(page.url()).search).toBe('?state=dead')
    await page.context().close()
  })

  it('deletes a webhook after saying what is lost', async ({ expect }) => {
    receiver.status = 500
    const { id } = await createWebhook()
    await attempted(id, 'lost')
    const { page } = await openDashboard(browser, deployment, `/webhooks/${id}`)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete webhook' }).click()
    await page.getByText('1 delivery is never sent').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete webhook' }).click()
    await page.getByText('Nothing is sent anywhere yet').waitFor()

    expect(new URL(page.url()).pathname).toBe('/_/webhooks')
    await page.goto(`${deployment.origin}/_/webhooks/${id}`)
    await page.getByText('There is no such webhook').waitFor()
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    receiver.status = 500
    const { id } = await createWebhook({
      name: 'A name that goes on and on, because it describes all that the receiver does',
      url: `${receiver.url}?long=${'q'.repeat(120)}`,
    })
    await attempted(id, 'long')
    const { page } = await openDashboard(browser, deployment, '/webhooks', optionsOf(around))

    for (const path of ['', `/${id}`, `/${id}/edit`]) {
      await page.goto(`${deployment.origin}/_/webhooks${path}`)
      await until(page, `document.querySelector('main')?.textContent.includes('Failing')`)
      await until(page, `document.querySelector('main [aria-busy]') === null`)
      expect(await violations(page), path).toEqual([])
      expect(await scrollsSideways(page), path).toBe(false)
    }
    await page.context().close()
  })
})
