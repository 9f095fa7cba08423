import { readFile } from 'node:fs/promises'
import type { CollectionModel } from 'pocketbase'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'

let browser: Browser
let source: Deployment
let target: Deployment

beforeAll(async () => {
  browser = await startChromium()
  source = await deploy()
  target = await deploy()
  const { admin } = source
  const authors = await admin.collections.create({
    name: 'authors',
    type: 'auth',
    listRule: '',
    oauth2: {
      enabled: true,
      mappedFields: { name: 'nick' },
      providers: [{ name: 'google', clientId: 'id', clientSecret: 'very-secret' }],
    },
    otp: { enabled: true, duration: 240, length: 6 },
    fields: [{ name: 'nick', type: 'text' }],
  })
  await admin.collections.create({
    name: 'posts',
    type: 'base',
    viewRule: 'author = @request.auth.id',
    fields: [
      { name: 'title', type: 'text', required: true, max: 80 },
      { name: 'author', type: 'relation', collectionId: authors.id, cascadeDelete: true },
    ],
    indexes: ['CREATE INDEX `idx_title` ON `posts` (`title`)'],
  })
  await admin.collections.create({
    name: 'titles',
    type: 'view',
    viewQuery: 'SELECT id FROM posts',
  })
})

afterAll(async () => {
  await browser?.close()
  await source?.stop()
  await target?.stop()
})

/** The definitions by name, as JSON. */
async function definitionsOf({ admin }: Deployment): Promise<Map<string, CollectionModel>> {
  const all = await admin.collections.getFullList({ sort: 'name' })
  return new Map(all.filter(({ system }) => !system).map((one) => [one.name, one]))
}

async function paste(page: Page, document: unknown): Promise<void> {
  await page.getByLabel('Or the text itself').fill(JSON.stringify(document))
}

describe('S15 definitions', () => {
  it('S15.1 imports an export without a difference, and S15.4 names what is left out', async ({
    expect,
  }) => {
    const exporting = await openDashboard(browser, source, '/schema/definitions')
    const [download] = await Promise.all([
      exporting.page.waitForEvent('download'),
      exporting.page.getByRole('button', { name: 'Download 4 definitions' }).click(),
    ])
    const exported = await readFile(await download.path())
    const leftOut = await exporting.page.getByRole('main').getByRole('listitem').allTextContents()
    expect(await violations(exporting.page)).toEqual([])
    await exporting.page.context().close()

    const { page, complaints } = await openDashboard(browser, target, '/schema/definitions')
    await page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'collections.json',
      mimeType: 'application/json',
      buffer: exported,
    })
    await page.getByText('Adds posts with').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: /^Change \d collections$/ }).click()
    await page.getByText('The definitions were imported.').waitFor()
    await page.getByText('No differences: this deployment has these').waitFor()

    const [sent, stored] = [await definitionsOf(source), await definitionsOf(target)]
    expect([...stored.keys()]).toEqual([...sent.keys()])
    const different = new Set<string>()
    for (const [name, definition] of sent) {
      for (const [key, value] of Object.entries(definition)) {
        if (JSON.stringify(value) !== JSON.stringify(stored.get(name)?.[key])) different.add(key)
      }
    }
    // Everything that differs is in the list: times, and the providers within `oauth2`.
    expect([...different].filter((key) => !['created', 'updated', 'oauth2'].includes(key))).toEqual(
      [],
    )
    expect(different).toContain('oauth2')
    expect(leftOut.join(' ')).toMatch(/OAuth2 providers.*secrets.*tokens.*created and changed/)
    expect(exported.toString()).not.toContain('very-secret')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S15.2 shows a renamed field as that, and has each loss ticked', async ({ expect }) => {
    const { admin } = source
    const posts = await admin.collections.getOne('posts')
    await admin.collection('posts').create({ title: 'Kept' })
    const { page } = await openDashboard(browser, source, '/schema/definitions')
    const fields = posts.fields
      .filter(({ name }) => name !== 'author')
      .map((field) => (field.name === 'title' ? { ...field, name: 'heading', max: 90 } : field))
    await paste(page, [
      {
        ...posts,
        fields,
        viewRule: null,
        indexes: ['CREATE INDEX `idx_title` ON `posts` (`heading`)'],
      },
    ])
    const changes = page.getByRole('region', { name: 'posts' })
    await changes.getByText('Renames the field title to heading').waitFor()
    await changes.getByText('maximum: 80').waitFor()
    await changes.getByText('CREATE INDEX `idx_title` ON `posts` (`heading`)').waitFor()
    expect(await changes.getByText('Removes the field').count()).toBe(0)

    await page.getByLabel('Is deleted').check()
    await changes.getByText('Removes the field author').waitFor()
    await page
      .getByRole('region', { name: 'titles' })
      .getByText('Deletes the view titles')
      .waitFor()
    const button = page.getByRole('button', { name: /^Change \d collections$/ })
    expect(await button.getAttribute('aria-disabled')).toBe('true')
    expect(await violations(page)).toEqual([])

    const losses = page.getByRole('checkbox', { name: /^(Removes|Deletes) the/ })
    for (const loss of await losses.all()) await loss.check()
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe(null)
    await page.getByLabel('Stays as it is').check()
    await page.getByRole('button', { name: 'Change 1 collection' }).click()
    await page.getByText('The definitions were imported.').waitFor()
    const [record] = await admin.collection('posts').getFullList()
    expect(record?.['heading']).toBe('Kept')
    await page.context().close()
  })

  it('S15 shows who changed definitions and how, and undoes a change', async ({ expect }) => {
    const { admin } = source
    await admin.collections.create({
      name: 'notes',
      type: 'base',
      fields: [{ name: 'text', type: 'text' }],
    })
    const { fields } = await admin.collections.getOne('notes')
    const more = [...fields, { name: 'pages', type: 'number' }]
    await admin.collections.update('notes', { fields: more, listRule: '' })
    await admin.collection('notes').create({ text: 'Kept', pages: 3 })
    const { page, complaints, strays } = await openDashboard(browser, source, '/schema/history')

    // Not the list of the collections.
    const changes = page.getByRole('list', { name: 'Changes, newest first' })
    const entry = changes.getByRole('listitem').filter({ hasText: 'notes' }).first()
    await entry.getByText(`by _superusers ${admin.authStore.record?.id}`).waitFor()
    await entry.getByText('2 changes').click()
    await entry.getByText('Adds notes.pages').waitFor()
    await entry.getByText('Gives more callers access').waitFor()
    expect(await violations(page)).toEqual([])
    await entry.getByRole('button', { name: /^Undo/ }).click()
    const dialog = page.getByRole('dialog', { name: /^Return to the definitions before change/ })
    await dialog.getByText('Removes notes.pages').waitFor()
    await dialog.getByText('1 record loses values').waitFor()
    expect(await violations(page)).toEqual([])
    const undo = dialog.getByRole('button', { name: 'Return to these definitions' })
    expect(await undo.getAttribute('aria-disabled')).toBe('true')
    await dialog.getByLabel('These values are lost for good').check()
    await undo.click()
    await page.getByText('The definitions are as they were before.').waitFor()

    const notes = await admin.collections.getOne('notes')
    expect(notes.fields.map(({ name }) => name)).not.toContain('pages')
    expect(notes.listRule).toBe(null)
    expect((await admin.collection('notes').getFullList())[0]?.['text']).toBe('Kept')
    await changes.getByText('Undo or restore').waitFor()
    await admin.collections.delete('notes')
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S15 shows what differs from the code that was pushed last', async ({ expect }) => {
    const { admin } = target
    const { page } = await openDashboard(browser, target, '/schema/history')
    expect(await page.getByText('Changed since the last push').count()).toBe(0)
    const collection = { name: 'pushed', fields: [{ name: 'text', type: 'text' }] }
    const body = { collections: [collection] }
    const { revision } = await admin.send('/api/schema/plan', { method: 'POST', body })
    await admin.send('/api/schema/apply', { method: 'POST', body: { ...body, revision } })
    await admin.collections.update('pushed', { viewRule: '' })

    await page.reload()
    await page.getByText('Changed since the last push').waitFor()
    await page.getByText('pushed: rules.view').waitFor()
    await page.getByRole('listitem').getByText('Push', { exact: true }).waitFor()
    expect(await violations(page)).toEqual([])
    await admin.collections.delete('pushed')
    await page.context().close()
  })

  it.for(surroundings)('S15 has no obstacles on $name', async (around, { expect }) => {
    const path = '/schema/definitions'
    const { page } = await openDashboard(browser, source, path, optionsOf(around))
    await paste(page, { collections: [{ name: 'posts', listRule: '', fields: [] }] })
    await page.getByText('Opens List to everyone').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
