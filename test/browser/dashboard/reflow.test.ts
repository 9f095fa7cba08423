import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startChromium } from '../chromium.ts'
import { deploy, type Deployment } from '../deployment.ts'
import { scrollsSideways, violations } from './accessibility.ts'
import { openDashboard } from './dashboard.ts'
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

const paths = [
  '/',
  '/c',
  '/c/posts',
  '/c/posts/new',
  '/c/posts/import',
  '/c/new',
  '/c/posts/schema/fields',
  '/c/posts/schema/rules',
  '/c/posts/schema/indexes',
  '/c/posts/schema/options',
  '/c/posts/schema/api',
  '/c/authors/schema/sign-in',
  '/schema/definitions',
  '/access/rules',
  '/access/explain',
  '/access/superusers',
  '/logs',
  '/mail/inbox',
  '/operations/backups',
  '/operations/jobs',
  '/operations/sql',
  '/settings/limits',
  '/me',
]

/** 320 px is also what 400 % of zoom leaves of 1280. */
describe('every screen, at 320 px', () => {
  it('S3.2 does not scroll sideways, and has no violations in forced colours', async ({
    expect,
  }) => {
    const { page } = await openDashboard(browser, deployment, '/', {
      viewport: { width: 320, height: 640 },
      forcedColors: 'active',
    })
    const found: string[] = []
    for (const path of paths) {
      await page.goto(`${deployment.origin}/_${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      if (await scrollsSideways(page)) found.push(`${path} scrolls sideways`)
      for (const violation of await violations(page)) found.push(`${path}: ${violation}`)
    }

    expect(found).toEqual([])
    await page.context().close()
  })
})
