import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type Deployment, password, superuserEmail } from '../deployment.ts'
import { visit, type Visit } from '../visitor.ts'

type DeploymentToVisit = Pick<Deployment, 'origin' | 'client'>

/** Where the dashboard is used: the sizes and themes that every screen is looked at in. */
export const surroundings = [
  { name: 'desktop, light', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'desktop, dark', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'phone, light', width: 375, height: 740, colorScheme: 'light' },
  { name: 'phone, dark', width: 375, height: 740, colorScheme: 'dark' },
] as const

/** One of `surroundings`. */
export type Surroundings = (typeof surroundings)[number]

/** A visit to the dashboard; its page runs scripts, and has English texts and UTC times. */
export async function visitDashboard(
  browser: Browser,
  { origin }: DeploymentToVisit,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  return await visit(browser, origin, {
    javaScriptEnabled: true,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    ...options,
  })
}

/** A visit that is signed in as superuser, with a token made for it, and shows a path below `/_`. */
export async function openDashboard(
  browser: Browser,
  deployment: DeploymentToVisit,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const visited = await signedIn(browser, deployment, options)
  await visited.page.goto(`${deployment.origin}/_${path}`)
  await visited.page.getByRole('heading', { level: 1 }).waitFor()
  return visited
}

/** A visit that is signed in and shows no page yet, so that every request is of the page to come. */
export async function signedIn(
  browser: Browser,
  deployment: DeploymentToVisit,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const visited = await visitDashboard(browser, deployment, options)
  await giveSession(visited.page, deployment)
  return visited
}

/** Signs the pages of a context in without the form. */
async function giveSession(page: Page, deployment: DeploymentToVisit): Promise<void> {
  const client = deployment.client()
  const { token, record } = await client
    .collection('_superusers')
    .authWithPassword(superuserEmail, password)
  const session = JSON.stringify({ token, record })
  await page.context().addInitScript(`
    if (!sessionStorage.getItem('given')) {
      sessionStorage.setItem('given', '1')
      sessionStorage.setItem('arete:session:/_/', ${JSON.stringify(session)})
    }
  `)
}

/** The options of a context that looks as the surroundings say. */
export function optionsOf({ width, height, colorScheme }: Surroundings): BrowserContextOptions {
  const isPhone = width < 640
  return {
    viewport: { width, height },
    colorScheme,
    ...(isPhone ? { deviceScaleFactor: 2, isMobile: true, hasTouch: true } : {}),
  }
}

/**
 * Waits until an expression holds in the page. Playwright's own wait evaluates a text within the page,
 * which the policy of the dashboard forbids.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > deadline) throw new Error(`This does not become true: ${expression}`)
    await page.waitForTimeout(50)
  }
}
