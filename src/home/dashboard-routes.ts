/*
 * The dashboard is a static application: an HTML page and its assets, built into public/_/. The
 * Worker serves it from there instead of the asset store, which would return the front end's page
 * for a missing asset.
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

/** The placeholder that Vite writes for the nonce of a response (vite.config.ts). */
const noncePlaceholder = '{CSP_NONCE}'

/**
 * The assets of the dashboard. Their names change with their content, so they are cached forever.
 * Database: none, which is why they are mounted before counting and logging.
 */
export const dashboardAssetRoutes = new Hono<AppEnv>().get('/_/assets/*', async (c) => {
  const found = await readAsset(c, new URL(c.req.url).pathname)
  if (found === undefined) throw new ApiError(commonErrors.fileNotFound)
  const type = found.headers.get('Content-Type') ?? 'application/octet-stream'
  const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }
  return new Response(found.body, { headers })
})

/** The dashboard's page, at every path under `/_/` without another route. */
export const dashboardRoutes = new Hono<AppEnv>()
  .get('/_', (c) => c.redirect('/_/', 307))
  .get('/_/*', async (c) => {
    if (isServerPath(c.req.path)) throw new ApiError(commonErrors.fileNotFound)
    const shell = await readShell(c)
    if (shell === undefined)
      return answerPage(c, notBuiltPage(await readAppName(c.get('services'))), 200)
    const nonce = randomString(24)
    for (const [name, value] of Object.entries(dashboardPolicy(nonce))) c.header(name, value)
    return c.html(shell.replaceAll(noncePlaceholder, nonce))
  })
  .onError((error, c) =>
    error instanceof ApiError && error.status === 404
      ? onError(error, c)
      : answerErrorPage(error, c),
  )

/** Pages of the server, whose unknown paths are not screens. */
function isServerPath(path: string): boolean {
  return /^\/_\/(?:auth|inbox|assets)(?:\/|$)/.test(path)
}

async function readShell(c: Context<AppEnv>): Promise<string | undefined> {
  // The store redirects `index.html` to its folder.
  const found = await fetchAsset(c, '/_/')
  const html = found?.ok ? await found.text() : ''
  // For a single-page front end the store has a page at any path, which is not the dashboard's.
  return html.includes(noncePlaceholder) ? html : undefined
}

/** No asset is an HTML page, so a page is the front end's response for a missing file. */
async function readAsset(c: Context<AppEnv>, path: string): Promise<Response | undefined> {
  const found = await fetchAsset(c, path)
  const isPage = found?.headers.get('Content-Type')?.startsWith('text/html') ?? false
  return found?.ok && !isPage ? found : undefined
}

async function fetchAsset(c: Context<AppEnv>, path: string): Promise<Response | undefined> {
  return await c.env.ASSETS?.fetch(new URL(path, c.req.url).href)
}
