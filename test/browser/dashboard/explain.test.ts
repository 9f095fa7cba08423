import type { Browser, Page } from 'playwright-core'
import type { RecordModel } from 'pocketbase'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment, password } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard, optionsOf, surroundings } from './dashboard.ts'
import { seed } from './seed.ts'

let browser: Browser
let deployment: Deployment
let authors: readonly RecordModel[]
let posts: readonly RecordModel[]

const rules = {
  listRule: 'published = true || author = @request.auth.id',
  viewRule: "published = true && (author = @request.auth.id || status = 'live')",
  createRule: "@request.auth.id != '' && @request.body.author = @request.auth.id",
  updateRule: "comments_via_post.text ?= 'One' && comments_via_post.by.name ?= 'Chiara'",
  deleteRule: 'author = @request.auth.id',
}

beforeAll(async () => {
  browser = await startChromium()
  deployment = await deploy()
  const { admin } = deployment
  await seed(admin, { posts: 12 })
  await admin.collections.update('posts', rules)
  await admin.collections.update('authors', { authRule: "name != 'Ben Okafor'" })
  authors = await admin.collection('authors').getFullList({ sort: 'email' })
  posts = await admin.collection('posts').getFullList({ sort: 'created' })
})

afterAll(async () => {
  await browser?.close()
  await deployment?.stop()
})

const ann = (): RecordModel => authors[0] as RecordModel
const published = (): RecordModel => posts.find((post) => post['published']) as RecordModel
const unpublished = (): RecordModel => posts.find((post) => !post['published']) as RecordModel

function address(parameters: Readonly<Record<string, string>>): string {
  return `/access/explain?${new URLSearchParams(parameters).toString()}`
}

const sentence = (page: Page) => page.getByRole('article').getByRole('heading', { level: 2 })

async function explained(parameters: Readonly<Record<string, string>>) {
  const visit = await openDashboard(browser, deployment, address(parameters))
  await sentence(visit.page).waitFor()
  return visit
}

async function digest(): Promise<string> {
  const names = ['posts', 'authors', 'comments', 'tags']
  const lists = names.map((name) => deployment.admin.collection(name).getFullList())
  return JSON.stringify(await Promise.all(lists))
}

/** Sends the request that a case explains, as its caller. */
async function statusOf(each: Case): Promise<number> {
  const client = deployment.client()
  if (each.as !== 'guest') {
    const author = authors.find(({ id }) => each.as.endsWith(id))
    client.authStore.save(await tokenOf(author), author ?? null)
  }
  const path = '/api/collections/posts/records'
  const isWrite = each.action === 'create' || each.action === 'update'
  const response = await fetch(
    `${deployment.origin}${path}${each.record === '' ? '' : `/${each.record}`}`,
    {
      method: { view: 'GET', list: 'GET', create: 'POST', update: 'PATCH', delete: 'DELETE' }[
        each.action
      ],
      headers: { Authorization: client.authStore.token, 'Content-Type': 'application/json' },
      ...(isWrite ? { body: JSON.stringify(each.body) } : {}),
    },
  )
  await response.text()
  return response.status
}

const tokens = new Map<string, string>()

async function tokenOf(author: RecordModel | undefined): Promise<string> {
  const id = author?.id ?? ''
  const known = tokens.get(id)
  if (known !== undefined) return known
  const impersonated = await deployment.admin.collection('authors').impersonate(id, 3600)
  tokens.set(id, impersonated.authStore.token)
  return impersonated.authStore.token
}

function ignore(): void {
  // The refusal is to be explained.
}

/** Entries are written some seconds after the response. */
async function loggedRefusal(record: string): Promise<string> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const filter = `data.status = 404 && data.url ~ "${record}"`
    const { items } = await deployment.admin.logs.getList(1, 1, { filter })
    if (items[0] !== undefined) return items[0].id
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('The log entry did not arrive.')
}

interface Case {
  readonly action: 'list' | 'view' | 'create' | 'update' | 'delete'
  readonly as: string
  readonly record: string
  readonly body: Readonly<Record<string, unknown>>
}

function seededCases(): Case[] {
  const actions = ['view', 'list', 'create', 'update', 'delete'] as const
  return Array.from({ length: 50 }, (_, index) => {
    const action = actions[index % actions.length] ?? 'view'
    const author = authors[Math.floor(index / 5) % 5]
    const as = author === undefined ? 'guest' : `authors/${author.id}`
    const post = posts[(index * 7) % posts.length]
    const isOfRecord = action !== 'list' && action !== 'create'
    const owner = index % 2 === 0 ? author?.id : ann().id
    const body = action === 'create' ? { title: 'New', author: owner } : { title: `New ${index}` }
    return { action, as, record: isOfRecord ? (post?.id ?? '') : '', body }
  })
}

describe('S18 rule explainer', () => {
  it('S18.1 says for 50 requests what they receive', async ({ expect }) => {
    for (const each of seededCases()) {
      const [collection, id] = each.as.split('/')
      const { allowed, status } = await deployment.admin.send<{
        readonly allowed: boolean
        readonly status: number
      }>('/api/rules/explain', {
        method: 'POST',
        body: {
          ...each,
          collection: 'posts',
          auth: each.as === 'guest' ? null : { collection, id },
        },
      })
      const received = await statusOf(each)

      expect({ ...each, status, allowed }).toEqual({
        ...each,
        status: received,
        allowed: received < 300,
      })
    }
    posts = await deployment.admin.collection('posts').getFullList({ sort: 'created' })
  })

  it('S18.2 marks the deciding clause and names it in the sentence', async ({ expect }) => {
    const { page, complaints, strays } = await explained({
      collection: 'posts',
      action: 'delete',
      as: `authors/${authors[3]?.id}`,
      record: posts.find((post) => post['author'] === ann().id)?.id ?? '',
    })

    const text = await sentence(page).textContent()
    const marked = page.getByRole('listitem').filter({ hasText: 'Decides' })

    expect(text).toContain('Refused: author = @request.auth.id does not hold.')
    expect(text).toContain(`The left side is "${ann().id}"`)
    expect(await marked.last().textContent()).toContain('author = @request.auth.id')
    expect({ complaints, strays }).toEqual({ complaints: [], strays: [] })
    await page.context().close()
  })

  it('S18.3 shows that parts hold for different related records', async ({ expect }) => {
    const { admin } = deployment
    const post = published().id
    await admin.collection('authors').update(authors[2]?.id ?? '', { name: 'Chiara' })
    await admin.collection('comments').create({ post, text: 'One', by: ann().id })
    await admin.collection('comments').create({ post, text: 'Two', by: authors[2]?.id })
    const { page } = await openDashboard(
      browser,
      deployment,
      address({ collection: 'posts', action: 'update', record: post }),
    )
    await page.getByRole('button', { name: 'Explain', exact: true }).waitFor()
    await page.keyboard.press('Control+Enter')
    await sentence(page).waitFor()

    expect(await sentence(page).textContent()).toBe(
      'Refused: each part holds, but no single related record satisfies all of them.',
    )
    const table = page.getByRole('region', { name: 'Related records' })
    expect(await table.getByRole('row').count()).toBeGreaterThan(2)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('S18.4 has a sentence each for guest, closed, open, superuser and broken rules', async ({
    expect,
  }) => {
    const record = unpublished().id
    const [tag] = await deployment.admin.collection('tags').getFullList()
    await deployment.database
      .prepare(`UPDATE "_collections" SET "viewRule" = 'gone = 1' WHERE "name" = 'published_posts'`)
      .bind()
      .run()
    await deployment.admin.collections.update('newsletter_issues', { deleteRule: '' })
    const admin = deployment.client()
    await admin.collection('_superusers').authWithPassword('admin@example.com', password)
    const view = published().id
    const me = `_superusers/${admin.authStore.record?.id}`
    const cases = [
      [{ collection: 'posts', action: 'delete', record }, /^Refused: author = @request.auth.id/],
      [{ collection: 'tags', action: 'view', record: tag?.id ?? '' }, /^Refused: only superusers/],
      [{ collection: 'authors', action: 'view', record: ann().id }, /^Allowed: this rule is open/],
      [{ collection: 'tags', action: 'view', record: tag?.id ?? '', as: me }, /binds a superuser/],
      [
        { collection: 'published_posts', action: 'view', record: view },
        /^Refused: the rule is invalid/,
      ],
    ] as const
    const { page } = await openDashboard(browser, deployment, '/access/explain')
    for (const [parameters, expected] of cases) {
      await page.goto(`${deployment.origin}/_${address(parameters)}`)
      await sentence(page).waitFor()
      expect(await sentence(page).textContent()).toMatch(expected)
    }
    await page.context().close()
  })

  it('S18.5 changes no record', async ({ expect }) => {
    const before = await digest()
    const { page } = await openDashboard(
      browser,
      deployment,
      address({
        collection: 'posts',
        action: 'delete',
        record: published().id,
        rule: 'views >= 0',
      }),
    )
    await sentence(page).waitFor()
    await page.getByLabel('Action').selectOption('Update a record')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('Update of posts').waitFor()

    expect(await digest()).toBe(before)
    await page.context().close()
  })

  it('S18.6 explains the refusal of a log entry with the same verdict', async ({ expect }) => {
    const guest = deployment.client()
    const record = unpublished().id
    await guest.collection('posts').getOne(record).catch(ignore)
    const entry = await loggedRefusal(record)
    const { page } = await openDashboard(browser, deployment, `/logs/${entry}?superusers=1`)
    await page.getByRole('link', { name: 'Explain', exact: true }).last().click()
    await sentence(page).waitFor()

    expect(await page.getByLabel('Record', { exact: true }).inputValue()).toBe(record)
    expect(await page.getByLabel('Caller').inputValue()).toBe('guest')
    expect(await page.getByText('The client receives').textContent()).toContain('404')
    await page.context().close()
  })

  it('begins from the menu of a record', async ({ expect }) => {
    const path = `/c/posts/${published().id}`
    const { page } = await openDashboard(browser, deployment, path)
    await page.getByRole('complementary').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Why can an account (not) see this?' }).click()
    await sentence(page).waitFor()

    expect(await page.getByLabel('Record', { exact: true }).inputValue()).toBe(published().id)
    await page.context().close()
  })

  it('S18.7 is a nested list whose text alone says everything', async ({ expect }) => {
    const { page } = await explained({
      collection: 'posts',
      action: 'view',
      record: posts.find((post) => post['status'] === 'review')?.id ?? unpublished().id,
      rule: rules.viewRule,
    })

    const lists = page.getByRole('article').locator('ul ul ul > li')
    const clauses = await page.getByRole('article').getByRole('listitem').allTextContents()

    expect(await lists.count()).toBe(2)
    expect(clauses.every((text) => /^(?:holds|does not hold|not asked): /.test(text))).toBe(true)
    expect(clauses.filter((text) => text.includes('Decides')).length).toBeGreaterThan(0)
    await page.context().close()
  })

  it('S18.8 shows the position of the error in a draft, and explains nothing', async ({
    expect,
  }) => {
    const { page } = await openDashboard(
      browser,
      deployment,
      address({
        collection: 'posts',
        action: 'view',
        record: published().id,
        rule: "title = 'a' && nothing = 1",
      }),
    )
    const alert = page.getByRole('alert')
    await alert.waitFor()

    expect(await alert.textContent()).toContain('At character 16.')
    expect(await page.getByRole('article').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('finds the record and the account by a search', async ({ expect }) => {
    const { page } = await openDashboard(browser, deployment, '/access/explain')
    await page.getByLabel('Collection', { exact: true }).selectOption('posts')
    await page.getByLabel('Caller').selectOption('An account of authors')
    await page.getByRole('button', { name: 'Search authors' }).click()
    await page.getByRole('combobox', { name: 'Search authors' }).fill('Ann')
    await page.getByRole('option', { name: /Ann Almeida/ }).click()
    await page.getByLabel('Record', { exact: true }).fill(published().id)
    await page.keyboard.press('Control+Enter')
    await sentence(page).waitFor()

    expect(new URL(page.url()).searchParams.get('as')).toBe(`authors/${ann().id}`)
    expect(await page.evaluate<string>('document.activeElement.tagName')).toBe('H2')
    await page.context().close()
  })

  it.for(surroundings)('has no violations of WCAG, $name', async (around, { expect }) => {
    const { page } = await openDashboard(
      browser,
      deployment,
      address({ collection: 'posts', action: 'view', record: unpublished().id }),
      optionsOf(around),
    )
    await sentence(page).waitFor()

    expect(await violations(page)).toEqual([])
    expect(await scrollsSideways(page)).toBe(false)
    await page.context().close()
  })
})
