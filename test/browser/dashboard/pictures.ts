/*
 * Takes the pictures of docs/dashboard.md from a seeded deployment, in both themes: npm run pictures
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { openDashboard, optionsOf, surroundings, visitDashboard } from './dashboard.ts'
import { seed } from './seed.ts'

interface Screen {
  /** The name of the picture. */
  readonly name: string
  readonly path: string
  /** Brings the screen into the state that the picture shows. */
  readonly prepare?: (page: Page) => Promise<void>
}

const folder = join(projectFolder, 'docs/pictures')

const themes = surroundings.filter(({ width }) => width === 1280)

const help = `Takes the pictures of docs/dashboard.md from a seeded deployment, in both themes, into
docs/pictures. Takes some minutes and needs Chromium.

  npm run pictures
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run pictures -- --help',
  )
  if (values.help) process.stdout.write(help)
  else await takeAll()
  return 0
})

async function takeAll(): Promise<void> {
  const browser = await startChromium()
  const deployment = await deploy()
  try {
    await mkdir(folder, { recursive: true })
    await seed(deployment.admin)
    await useIt(deployment)
    for (const screen of await screensOf(deployment)) {
      for (const theme of themes) {
        const { page } = await openDashboard(browser, deployment, screen.path, optionsOf(theme))
        await screen.prepare?.(page)
        await take(page, screen.name, theme.colorScheme)
      }
    }
    await takeOutside(browser, deployment)
  } finally {
    await browser.close()
    await deployment.stop()
  }
}

async function screensOf({ admin }: Deployment): Promise<readonly Screen[]> {
  const { id: post } = await admin.collection('posts').getFirstListItem('published = true')
  const hidden = await admin
    .collection('posts')
    .getFirstListItem("published = false && author != ''")
  const writer = String(hidden['author'])
  const { id: author } = await admin.collection('authors').getFirstListItem(`id != "${writer}"`)
  const query = encodeURIComponent('status = "live" && views > 100')
  const explain = new URLSearchParams({
    collection: 'posts',
    action: 'view',
    as: `authors/${author}`,
    record: hidden.id,
  })
  return [
    { name: 'home', path: '/' },
    { name: 'collections', path: '/c' },
    { name: 'records', path: `/c/posts?filter=${query}&sort=-views` },
    { name: 'record', path: `/c/posts/${post}` },
    { name: 'account', path: `/c/authors/${writer}?tab=account` },
    { name: 'import', path: '/c/posts/import' },
    { name: 'fields', path: '/c/posts/schema/fields' },
    { name: 'rules', path: '/c/posts/schema/rules' },
    { name: 'sign-in-options', path: '/c/authors/schema/sign-in' },
    { name: 'api', path: '/c/posts/schema/api' },
    { name: 'definitions', path: '/schema/definitions' },
    { name: 'history', path: '/schema/history' },
    { name: 'overview-of-rules', path: '/access/rules' },
    {
      name: 'explain',
      path: `/access/explain?${explain.toString()}`,
      prepare: async (page) => {
        await page.getByRole('button', { name: 'Explain', exact: true }).click()
        await page
          .getByText(/^Refused:/)
          .first()
          .waitFor()
      },
    },
    { name: 'superusers', path: '/access/superusers' },
    { name: 'logs', path: `/logs?filter=${encodeURIComponent('data.url !~ "auth-with"')}` },
    {
      name: 'inbox',
      path: '/mail/inbox',
      prepare: async (page) => {
        await page.getByText('Reset your Acme Inc password').click()
        await page.frameLocator('iframe').getByText('Hello').waitFor()
      },
    },
    { name: 'backups', path: '/operations/backups' },
    { name: 'jobs', path: '/operations/jobs' },
    {
      name: 'sql',
      path: '/operations/sql',
      prepare: async (page) => {
        await page.getByRole('textbox').first().click()
        await page.keyboard.type('SELECT title, status, views FROM posts ORDER BY views DESC')
        await page.keyboard.press('Escape')
        await page.keyboard.press('Control+Enter')
      },
    },
    { name: 'settings', path: '/settings/limits' },
    { name: 'me', path: '/me' },
  ]
}

/** Requests that fill the logs, a mail, and a backup. */
async function useIt({ admin, client }: Deployment): Promise<void> {
  const guest = client()
  const ignore = (): undefined => undefined
  for (let page = 1; page <= 40; page++) {
    await guest.collection('posts').getList(page % 5, 30, { filter: `views > ${page * 10}` })
  }
  for (let n = 0; n < 6; n++) await guest.collection('comments').getList().catch(ignore)
  await guest.collection('posts').getOne('missing00000000').catch(ignore)
  await guest.collection('authors').requestPasswordReset('author1@example.com')
  await admin.backups.create('before_the_redesign.zip').catch(ignore)
  // Log entries are written some seconds after the response.
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const { totalItems } = await admin.logs.getList(1, 1, { filter: 'data.auth = ""' })
    if (totalItems >= 47) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** The screens before a sign-in. The first superuser is made by a link, which needs there to be none. */
async function takeOutside(browser: Browser, deployment: Deployment): Promise<void> {
  await deployment.database.prepare('DELETE FROM _superusers').run()
  const { token, statement } = await newSetupLink(new Date())
  await deployment.database.prepare(statement).run()
  for (const theme of themes) {
    const { page } = await visitDashboard(browser, deployment, optionsOf(theme))
    await page.goto(`${deployment.origin}/_/setup#${token}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await take(page, 'setup', theme.colorScheme)
  }
}

async function take(page: Page, name: string, theme: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
  await page.context().close()
  process.stdout.write(`${name}-${theme}.png\n`)
}
