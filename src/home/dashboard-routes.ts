/*
 * The dashboard is a static application: a page, the shell, and the assets that it loads. Its build
 * is in public/_/, and the Worker serves it from there rather than leave it to the asset store,
 * which would answer a missing asset with the front end's page.
 */
import { type Context, Hono } from 'hono'
import { readAppName } from '#collections/read-app-name.ts'
import type { AppEnv } from '#http/app-env.ts'
import { onError } from '#http/error-response.ts'
import { answerErrorPage, answerPage } from '#http/page.tsx'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { randomString } from '#kernel/random.ts'
import { dashboardPolicy } from './dashboard-policy.ts'
import { notBuiltPage } from './not-built-page.tsx'

/** What Vite writes where the nonce of a response belongs (vite.config.ts). */
const noncePlaceholder = '{CSP_NONCE}'

/**
 * The assets of the dashboard. Their names change with their content, so they are kept for ever.
 * Database: none, which is why they are mounted before what counts and logs requests.
 */
export const dashboardAssetRoutes = new Hono<AppEnv>().get('/_/assets/*', async (c) => {
  const found = await readAsset(c, new URL(c.req.url).pathname)
  if (found === undefined) throw new ApiError(commonErrors.fileNotFound)
  const type = found.headers.get('Content-Type') ?? 'application/octet-stream'
  const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }
  return new Response(found.body, { headers })
})

/** The shell, at every address under `/_/` that nothing else answers. */
export const dashboardRoutes = new Hono<AppEnv>()
  .get('/_', (c) => c.redirect('/_/', 307))
  .get('/_/*', async (c) => {
    if (isServerPath(c.req.path)) throw new ApiError(commonErrors.fileNotFound)
    const shell = await readShell(c)
    if (shell === undefined) return answerPage(c, notBuiltPage(await readAppName(c.var)), 200)
    const nonce = randomString(24)
    for (const [name, value] of Object.entries(dashboardPolicy(nonce))) c.header(name, value)
    return c.html(shell.replaceAll(noncePlaceholder, nonce))
  })
  .onError((error, c) =>
    error instanceof ApiError && error.status === 404
      ? onError(error, c)
      : answerErrorPage(error, c),
  )

/** Pages of the server, whose unknown addresses are no screens. */
function isServerPath(path: string): boolean {
  return /^\/_\/(?:auth|inbox|docs|assets)(?:\/|$)/.test(path)
}

async function readShell(c: Context<AppEnv>): Promise<string | undefined> {
  // The store redirects `index.html` to its folder.
  const found = await fetchAsset(c, '/_/')
  const html = found?.ok ? await found.text() : ''
  // A single-page front end is what the store has for any path, and no dashboard.
  return html.includes(noncePlaceholder) ? html : undefined
}

/** No asset is a page, so a page is the front end's answer for a file that is missing. */
async function readAsset(c: Context<AppEnv>, path: string): Promise<Response | undefined> {
  const found = await fetchAsset(c, path)
  const isPage = found?.headers.get('Content-Type')?.startsWith('text/html') ?? false
  return found?.ok && !isPage ? found : undefined
}

async function fetchAsset(c: Context<AppEnv>, path: string): Promise<Response | undefined> {
  return await c.env.ASSETS?.fetch(new URL(path, c.req.url).href)
}
