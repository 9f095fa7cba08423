import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { CatalogCache } from '#catalog/catalog-cache.ts'
import { runBatch } from '#database/batch.ts'
import type { AppEnv } from '#http/app-env.ts'
import { forwardedIp, peerIp } from '#http/network/client-ip.ts'
import type { Caller } from '#http/caller.ts'
import { edgeOf } from '#http/network/edge.ts'
import { errorEnvelope } from '#http/error-response.ts'
import { ApiError } from '#kernel/errors.ts'
import type { Settings } from '#settings/settings.ts'
import type { LogBuffer } from './log-buffer.ts'
import { logDatabase } from './log-database.ts'
import type { LogEntry } from './log-entry.ts'
import { type AnsweredRequest, type EntryOptions, levelOf, requestEntry } from './request-entry.ts'
import { insertLogs } from './store.ts'

interface Ports {
  readonly buffer: LogBuffer
  readonly catalogs: CatalogCache
}

/** Successful requests that are not logged: reads of the logs, OAuth2 redirects, and pages. */
function isSilentSuccess(path: string): boolean {
  if (!path.startsWith('/api/')) return path !== '/api'
  return /^\/api\/(?:logs(?:\/|$)|oauth2-redirect$)/.test(path)
}

/**
 * Logs every API request that the settings select, and failures elsewhere.
 *
 * Everything happens after the response. Database: no batch before it, then 1 batch for the entries
 * of some seconds, or for 200 entries.
 */
export function logRequests(ports: Ports): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const started = performance.now()
    await next()

    const isSuccess = c.res.status < 400
    if (isSuccess && isSilentSuccess(c.req.path)) return
    c.get('services').background.run(log(c, ports, performance.now() - started))
  }
}

async function log(c: Context<AppEnv>, ports: Ports, milliseconds: number): Promise<void> {
  try {
    const context = c.get('services').lastScope
    const { settings } = context?.catalog ?? (await ports.catalogs.current(c.env.DB))
    const { logs } = settings
    if (logs.maxDays === 0 || levelOf(c.res.status) < logs.minLevel) return

    const makeEntry = entryMaker(
      { ...answered(c, settings), caller: nameOf(context?.caller), milliseconds },
      logs,
    )
    await ports.buffer.add(makeEntry, (entries) => write(c, entries))
  } catch (error) {
    // oxlint-disable-next-line no-console -- the log itself failed
    console.error({ log: 'entries were lost', error: error instanceof Error ? error.name : '' })
  }
}

/**
 * Entries wait for seconds. A closure keeps all that its neighbours use, so this one has no neighbour that
 * uses the whole request.
 */
function entryMaker(request: AnsweredRequest, options: EntryOptions): () => LogEntry {
  const now = new Date()
  return () => requestEntry(request, options, now)
}

/** The name of a caller, who knows more, such as how to read the session. */
function nameOf(caller: Caller | undefined): AnsweredRequest['caller'] {
  return caller && { collectionName: caller.collectionName, recordId: caller.recordId }
}

async function write(c: Context<AppEnv>, entries: readonly LogEntry[]): Promise<void> {
  await runBatch(logDatabase(c.env), insertLogs(entries))
}

function answered(
  c: Context<AppEnv>,
  settings: Settings,
): Omit<AnsweredRequest, 'caller' | 'milliseconds'> {
  const remoteIP = peerIp(c)
  return {
    method: c.req.method,
    address: addressOf(c.req.url),
    status: c.res.status,
    remoteIP,
    userIP: forwardedIp(c, settings) ?? remoteIP,
    referer: c.req.header('Referer') ?? '',
    userAgent: c.req.header('User-Agent') ?? '',
    refusal: refusalOf(c),
    requestId: c.get('requestId'),
    route: routeOf(c),
    ...edgeOf(c.req.raw),
    use: c.get('services').use,
  }
}

/** Path and query of a URL. */
function addressOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3))
}

/**
 * The error of a failed request. Details of a defect stay in the host's log, under the request's
 * id.
 */
function refusalOf(c: Context<AppEnv>): AnsweredRequest['refusal'] {
  if (c.res.status < 400) return undefined
  if (c.error instanceof ApiError) {
    const { message, data } = errorEnvelope(c.error)
    return { message, details: data, rule: c.error.rule }
  }
  const details = { requestId: c.get('requestId') }
  return { message: `Status ${c.res.status}`, details, rule: undefined }
}

/** The pattern of the route that answered; middleware has patterns that end in `*`. */
function routeOf(c: Context<AppEnv>): string {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? ''
}
