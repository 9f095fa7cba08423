import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  await seed(deployment.admin, { posts: 3 })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const picture = {
  name: 'dot.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
}

async function openPanel(path: string) {
  const visited = await openDashboard(browser, deployment, path)
  const panel = visited.page.getByRole('complementary')
  await panel.getByRole('heading', { level: 2 }).waitFor()
  return { ...visited, panel }
}

/** The names of the values in the writes of a page. */
function writesOf(page: Page): string[][] {
  const writes: string[][] = []
  page.on('request', (request) => {
    if (request.method() !== 'PATCH') return
    const text = request.postData() ?? ''
    const json = /^\{.*\}$/m.exec(text)?.[0] ?? '{}'
    const parts = [...text.matchAll(/form-data; name="([^"@]+)"/g)].map(([, name]) => name ?? '')
    writes.push([...Object.keys(JSON.parse(json) as object), ...parts].toSorted())
  })
  return writes
}

describe('S6 record panel', () => {
  it('S6.1 creates, changes, empties and reads back values of all types', async ({ expect }) => {
    const { page, panel, complaints } = await openPanel('/c/posts/new')
    const writes = writesOf(page)
    const group = (name: string) => panel.getByRole('group', { name: new RegExp(`\\b${name}\\b`) })
    const choose = async (field: string, from: string, text: string): Promise<void> => {
      await group(field)
        .getByRole('button', { name: `Choose from ${from}` })
        .click()
      await group(field).getByRole('combobox').fill(text)
      await group(field).getByRole('option', { name: text }).click()
    }
    const write = async (name: string, text: string): Promise<void> => {
      await panel.getByRole('textbox', { name, exact: true }).click()
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Delete')
      await page.keyboard.insertText(text)
    }
    const save = async (): Promise<Record<string, unknown>> => {
      const [response] = await Promise.all([
        page.waitForResponse((each) => ['POST', 'PATCH'].includes(each.request().method())),
        page.keyboard.press('Control+s'),
      ])
      expect(response.status()).toBe(200)
      return (await response.json()) as Record<string, unknown>
    }

    await panel.getByRole('textbox', { name: 'title' }).fill('All of them')
    await panel.getByRole('checkbox', { name: 'published' }).check()
    await group('status').getByRole('radio', { name: 'live' }).check()
    await panel.getByRole('textbox', { name: 'views' }).fill('42')
    await choose('author', 'authors', 'Ann Almeida')
    await choose('tags', 'tags', 'essay')
    await group('channels').getByRole('checkbox', { name: 'radio' }).check()
    await panel.getByLabel('contact').fill('desk@example.com')
    await panel.getByLabel('source').fill('https://example.org/a')
    await panel.getByLabel('publishAt').fill('2026-12-24T18:30')
    await panel.getByLabel('Latitude').fill('48.2')
    await panel.getByLabel('Longitude').fill('16.37')
    await write('meta', '{"words": [1, 2]}')
    await write('body', 'The body')
    await panel.locator('input[type=file]').setInputFiles(picture)
    await panel.getByLabel('pin').fill('1234')
    const created = await save()
    expect(created).toMatchObject({
      title: 'All of them',
      published: true,
      status: 'live',
      views: 42,
      channels: ['radio'],
      contact: 'desk@example.com',
      source: 'https://example.org/a',
      publishAt: '2026-12-24 18:30:00.000Z',
      place: { lat: 48.2, lon: 16.37 },
      meta: { words: [1, 2] },
      body: '<p>The body</p>',
    })
    expect(created['images']).toHaveLength(1)
    expect(created['tags']).toHaveLength(1)
    expect(created['author']).not.toBe('')
    await page.waitForURL(new RegExp(`/c/posts/${String(created['id'])}`))

    // Read back: opened again, nothing has to be saved, and one change sends that one value.
    await page.reload()
    await panel.getByText('The body').waitFor()
    await page.keyboard.press('Control+s')
    expect(await panel.getByText('Unsaved changes').count()).toBe(0)
    await panel.getByRole('textbox', { name: 'title' }).fill('Changed')
    const { updated: _, ...changed } = await save()
    expect(changed).toEqual({ ...created, title: 'Changed', updated: undefined })
    expect(writes).toEqual([['title']])

    await panel.getByRole('checkbox', { name: 'published' }).uncheck()
    await group('status').getByRole('radio', { name: 'None' }).check()
    for (const name of ['views', 'contact', 'source', 'publishAt', 'Latitude', 'Longitude']) {
      await panel.getByLabel(name).fill('')
    }
    for (const field of ['author', 'tags', 'images']) {
      await group(field)
        .getByRole('button', { name: /^Remove/ })
        .click()
    }
    await group('channels').getByRole('checkbox', { name: 'radio' }).uncheck()
    await write('meta', '')
    await write('body', '')
    expect(await save()).toMatchObject({
      title: 'Changed',
      published: false,
      status: '',
      views: 0,
      author: '',
      tags: [],
      channels: [],
      contact: '',
      source: '',
      publishAt: '',
      place: { lat: 0, lon: 0 },
      meta: null,
      body: '',
      images: [],
    })
    expect(writes.at(-1)).not.toContain('title')

    await panel.getByLabel('pin').fill('5678')
    await save()
    expect(writes.at(-1)).toEqual(['pin'])
    await panel.locator('input[type=file]').setInputFiles([picture, { ...picture, name: 'b.png' }])
    expect((await save())['images']).toHaveLength(2)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S6.5 lists the records that refer to it by each relation', async ({ expect }) => {
    const posts = await deployment.admin.collections.getOne('posts')
    const post = await deployment.admin.collection('posts').getFirstListItem("title ~ 'Quiet'")
    const relation = { name: 'post', type: 'relation', collectionId: posts.id, maxSelect: 1 }
    const name = { name: 'name', type: 'text', presentable: true }
    for (const [collection, options] of [
      ['reviews', { required: true }],
      ['mentions', {}],
    ] as const) {
      const fields = [{ ...relation, ...options }, name]
      await deployment.admin.collections.create({ name: collection, type: 'base', fields })
      await deployment.admin
        .collection(collection)
        .create({ post: post.id, name: `A ${collection}` })
    }
    const { page, panel } = await openPanel(`/c/posts/${post.id}`)

    await panel.getByRole('link', { name: 'Referenced by' }).click()
    await panel.getByRole('region', { name: 'reviews.post' }).getByText('A reviews').waitFor()
    await panel.getByRole('region', { name: 'mentions.post' }).getByText('A mentions').waitFor()
    const comments = panel.getByRole('region', { name: 'comments.post' })
    await comments.getByText('deleted with it').waitFor()
    expect(await violations(page)).toEqual([])
    await comments.getByRole('link', { name: 'Open 1 record in the table' }).click()
    await page.getByRole('gridcell', { name: 'Comment 1', exact: true }).waitFor()

    expect(await page.getByRole('row').count()).toBe(2)
    await page.context().close()
  })
})

describe('S6 account', () => {
  it('S6.4 ends a session, whose next call is refused', async ({ expect }) => {
    const author = deployment.client()
    const { record } = await author
      .collection('authors')
      .authWithPassword('author1@example.com', password)
    const { page, panel } = await openPanel(`/c/authors/${record.id}?tab=account`)
    const sessions = panel.getByRole('region', { name: 'Sessions' })

    await sessions.getByRole('button', { name: /^End the session on/ }).click()
    await sessions.getByText('Not signed in anywhere.').waitFor()

    const refused = author.collection('authors').authRefresh()
    await expect(refused).rejects.toMatchObject({ status: 401 })
    await page.context().close()
  })

  it('disables an account, which signs it out, and enables it again', async ({ expect }) => {
    const author = deployment.client().collection('authors')
    const { record } = await author.authWithPassword('author3@example.com', password)
    const { page, panel, complaints } = await openPanel(`/c/authors/${record.id}?tab=account`)
    const state = panel.getByRole('region', { name: 'Sign-in', exact: true })

    await state.getByRole('button', { name: 'Disable account' }).click()
    const dialog = page.getByRole('dialog', { name: 'Disable this account?' })
    await dialog.getByLabel('Reason').fill('spam in the comments')
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Disable account' }).click()
    await state.getByText('spam in the comments').waitFor()
    await expect(author.authRefresh()).rejects.toMatchObject({ status: 401 })

    await state.getByRole('button', { name: 'Enable' }).click()
    await state.getByText('The account can sign in.').waitFor()
    await author.authWithPassword('author3@example.com', password)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('sends mails, unlinks a provider, impersonates and resets all tokens', async ({ expect }) => {
    const author = await deployment.admin
      .collection('authors')
      .getFirstListItem("email = 'author2@example.com'")
    await deployment.admin.collection('_externalAuths').create({
      collectionRef: author.collectionId,
      recordRef: author.id,
      provider: 'github',
      providerId: '12345',
    })
    const { page, panel, complaints } = await openPanel(`/c/authors/${author.id}?tab=account`)
    expect(await violations(page)).toEqual([])

    await panel.getByRole('button', { name: 'Send verification mail' }).click()
    await page.getByText('Mail requested for author2@example.com.').waitFor()
    await panel.getByRole('button', { name: 'Unlink github' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink github' }).click()
    await panel.getByText('Not linked to any provider.').waitFor()

    await panel.getByRole('button', { name: 'Make token' }).click()
    const token = await panel
      .getByRole('region', { name: 'Impersonate' })
      .locator('code')
      .innerText()
    const impersonated = deployment.client()
    impersonated.authStore.save(token)
    const seen = await impersonated.collection('authors').getOne(author.id)
    expect(seen['email']).toBe('author2@example.com')

    await panel.getByRole('button', { name: 'Reset all tokens' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('author2@example.com')
    await dialog.getByRole('button', { name: 'Reset all tokens' }).click()
    await page.getByText('All tokens are invalid.').waitFor()
    const after = await impersonated.collection('authors').getOne(author.id)
    expect(after['email']).toBeUndefined()

    // The password and the like are part of the same form.
    await panel.getByRole('checkbox', { name: 'verified' }).check()
    await panel.locator('[data-field=password] input').fill('another-password')
    await panel.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    const client = deployment.client()
    await client.collection('authors').authWithPassword('author2@example.com', 'another-password')
    expect(client.authStore.record?.['verified']).toBe(true)
    expect(await scrollsSideways(page)).toBe(false)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('S6.8 shows the rows that an account gets, read only, and ends the impersonation', async ({
    expect,
  }) => {
    const author = deployment.client()
    const { record } = await author
      .collection('authors')
      .authWithPassword('author3@example.com', password)
    const hidden = { title: 'For the editors', published: false }
    await deployment.admin.collection('posts').create(hidden)
    const own = await author.collection('posts').getFullList({ sort: '-created' })
    const { page, panel, complaints } = await openPanel(`/c/authors/${record.id}?tab=account`)
    let token = ''
    page.on('request', (request) => {
      if (request.url().includes('/posts/records')) token = request.headers()['authorization'] ?? ''
    })

    await panel.getByRole('button', { name: 'View as this account' }).click()
    const band = page.getByRole('region', { name: 'View as' })
    await band.getByText('author3@example.com', { exact: false }).waitFor()
    await panel.waitFor({ state: 'detached' })
    await page.getByRole('navigation').getByRole('link', { name: 'posts', exact: true }).click()
    await page.getByRole('gridcell').first().waitFor()
    const shown = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[data-key]')].map((row) => row.dataset.key)",
    )
    expect(shown).toEqual(own.map(({ id }) => id))
    expect(await violations(page)).toEqual([])

    const main = page.getByRole('main')
    for (const name of ['New record', 'Live', 'More', 'Fields and rules']) {
      expect(await main.getByRole('button', { name }).count(), name).toBe(0)
    }
    expect(await main.getByRole('checkbox').count()).toBe(0)
    await page.getByRole('gridcell').nth(1).click()
    await panel.getByText('Records are read only while you view them').waitFor()
    expect(await panel.getByRole('button', { name: /Save|Duplicate|Delete/ }).count()).toBe(0)

    const impersonated = deployment.client()
    impersonated.authStore.save(token)
    const self = async (): Promise<unknown> =>
      (await impersonated.collection('authors').getOne(record.id))['email']
    expect(await self()).toBe('author3@example.com')
    const ended = page.waitForResponse((response) => response.url().endsWith('/logout'))
    await band.getByRole('button', { name: 'End this view' }).click()
    await ended
    expect(await self()).toBeUndefined()
    await page.getByRole('button', { name: 'New record' }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
