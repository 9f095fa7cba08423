import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { backupRoutes } from '#backups/routes.ts'
import { readActivity, selectActivity } from '#backups/store.ts'
import type { BackupRunner } from '#platform/backups.ts'
import { createAuthTokens } from '#auth/auth-token.ts'
import { confirmationRoutes } from '#auth/account-mail/confirmation-routes.ts'
import { authenticate } from '#auth/authenticate.ts'
import { pageRoutes } from '#auth/pages/routes.tsx'
import { noReceivers, type RedirectReceivers } from '#auth/oauth2/oauth2-redirect.ts'
import { oauth2Routes } from '#auth/oauth2/oauth2-routes.ts'
import { authRoutes } from '#auth/routes.ts'
import { setupRoutes } from '#auth/setup/setup-routes.ts'
import { testMailRoutes } from '#auth/account-mail/test-mail-routes.ts'
import { type CatalogCache, createCatalogCache } from '#catalog/catalog-cache.ts'
import { collectionRoutes } from '#collections/routes.ts'
import { createSystemTransactor, createTransactor } from '#catalog/transact.ts'
import { createCronRoutes } from '#crons/routes.ts'
import { createJobs } from '#crons/jobs.ts'
import { createFileStore } from '#files/file-store.ts'
import { createFileRoutes } from '#files/routes.ts'
import { sweepFiles } from '#files/sweep.ts'
import type { AppEnv } from '#http/app-env.ts'
import { collapseSlashes } from '#http/collapse-slashes.ts'
import { cors } from '#http/network/cors.ts'
import { onError, answerNotFound } from '#http/error-response.ts'
import { createHealthRoutes, type HealthDetails } from '#http/health-routes.ts'
import { areteRoutes } from '#home/arete-routes.ts'
import { dashboardAssetRoutes, dashboardRoutes } from '#home/dashboard-routes.ts'
import { homeRoutes } from '#home/routes.ts'
import { fieldProjection } from '#http/projection.ts'
import { identifyRequests } from '#http/request-id.ts'
import { secureHeaders } from '#http/network/secure-headers.ts'
import { serverTiming } from '#http/server-timing.ts'
import { answerErrorPage } from '#http/page.tsx'
import { createLogBuffer, type LogBuffer } from '#logs/log-buffer.ts'
import { logRequests } from '#logs/log-requests.ts'
import { logRoutes } from '#logs/routes.ts'
import { inboxPageRoutes, inboxRoutes } from '#mail/inbox-routes.ts'
import { provideMail } from '#mail/mail-service.ts'
import type { ImageResizer } from '#platform/images.ts'
import {
  guardBackups,
  guardBucket,
  guardDatabase,
  guardImages,
  guardKeyValueStore,
  guardRawDatabase,
  guardShards,
} from '#platform/outages.ts'
import type { RealtimeShards } from '#platform/realtime.ts'
import type { MailTransports } from '#platform/mailer.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import { createDirectory, createSubscriberCache } from '#realtime/directory.ts'
import { followWrites } from '#realtime/follow-writes.ts'
import { createRedirectReceivers } from '#realtime/redirect-receivers.ts'
import { realtimeRoutes } from '#realtime/routes.ts'
import { openApiRoutes } from '#openapi/routes.ts'
import { recordRoutes } from '#records/routes.ts'
import { ruleRoutes } from '#rules/routes.ts'
import { sqlRoutes } from '#sql/routes.ts'
import { createMemoryCounters } from '#limits/memory-counters.ts'
import { rateLimit } from '#limits/rate-limits.ts'
import { settingsRoutes } from '#settings/routes.ts'

/** The services a host provides once. Bindings that differ per request come with the request. */
export interface Host {
  readonly passwords: PasswordHasher
  readonly mail: MailTransports
  /** Makes thumbnails; without it there are none. */
  readonly images?: ImageResizer
  /** Writes and restores backups; without it they can only be read. */
  readonly backups?: BackupRunner
  /** Holds realtime connections; without it there are no events. */
  readonly realtime?: RealtimeShards
  /** Waits for OAuth2 redirects. Defaults to clients of realtime. */
  readonly redirectReceivers?: RedirectReceivers
  /** Buffers log entries before they are written. By default for some seconds. */
  readonly logs?: LogBuffer
}

/**
 * Creates the whole HTTP API as one app. Its caches (compiled collections, imported keys, rate
 * limit counters) live as long as the app.
 */
export function createApp({
  passwords,
  mail,
  images,
  backups,
  realtime,
  redirectReceivers,
  logs = createLogBuffer(),
}: Host): Hono<AppEnv> {
  const shards = realtime && guardShards(realtime)
  const receivers =
    redirectReceivers ?? (shards === undefined ? noReceivers : createRedirectReceivers(shards))
  const runner = backups && guardBackups(backups)
  const resizer = images && guardImages(images)
  const catalogs = createCatalogCache()
  const tokens = createAuthTokens()
  const counters = createMemoryCounters()
  const known = createSubscriberCache()

  return new Hono<AppEnv>()
    .use(identifyRequests())
    .use(guardBindings())
    .use(cors())
    .use(secureHeaders())
    .use(collapseSlashes())
    .route('/', dashboardAssetRoutes)
    .use(async (c, next) => {
      c.set('passwords', passwords)
      c.set('redirectReceivers', receivers)
      c.set('realtimeShards', shards)
      c.set('backupRunner', runner)
      c.set('background', { run: (work) => c.executionCtx.waitUntil(work) })
      await next()
    })
    .use(logRequests({ buffer: logs, catalogs }))
    .use(serverTiming())
    .use(authenticate(tokens))
    .use(async (c, next) => {
      const { db, resolveCaller, background } = c.var
      const directory = shards && createDirectory({ db, shards, known, background })
      const followers = directory === undefined ? [] : [() => followWrites(directory)]
      c.set('transactor', createTransactor({ db, cache: catalogs, resolveCaller, followers }))
      await next()
    })
    .use(keepFiles(catalogs))
    .use(provideMail({ transports: mail, catalogs }))
    .use(rateLimit(counters))
    .use(limitPaths(catalogs))
    .use(fieldProjection())
    .route('/api', createHealthRoutes(readHealthDetails))
    .route('/api', collectionRoutes)
    .route('/api', recordRoutes)
    .route('/api', createFileRoutes(resizer))
    .route('/api', realtimeRoutes)
    .route('/api', authRoutes)
    .route('/api', confirmationRoutes)
    .route('/api', oauth2Routes)
    .route('/api', settingsRoutes)
    .route('/api', backupRoutes)
    .route('/api', logRoutes)
    .route('/api', sqlRoutes)
    .route('/api', ruleRoutes)
    .route('/api', createCronRoutes(createJobs(mail, catalogs, backups)))
    .route('/api', testMailRoutes)
    .route('/api', inboxRoutes)
    .route('/api', areteRoutes)
    .route('/api', setupRoutes)
    .route('/api', openApiRoutes)
    .route('/_', inboxPageRoutes)
    .route('/', pageRoutes)
    .route('/', homeRoutes)
    .route('/', dashboardRoutes)
    .notFound(async (c) => {
      if (isApiPath(c)) await countPath(c, catalogs)
      return answerNotFound(c)
    })
    .onError(onError)
}

/** Reports outages of the bindings as such. */
function guardBindings(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { DB, LOGS, SESSIONS, FILES } = c.env
    c.env = {
      ...c.env,
      DB: guardRawDatabase(DB),
      ...(LOGS === undefined ? {} : { LOGS: guardDatabase(LOGS) }),
      SESSIONS: guardKeyValueStore(SESSIONS),
      FILES: guardBucket(FILES),
    }
    await next()
  }
}

/** Reads the details of the health check, for superusers only. Database: 1 batch. */
function readHealthDetails(c: Context<AppEnv>): Promise<HealthDetails | undefined> {
  return c.var.transactor.read(({ caller, catalog: { settings } }) => ({
    statements: [selectActivity],
    read: ([activity = []]) =>
      caller?.isSuperuser === true ? { settings, backups: readActivity(activity) } : undefined,
  }))
}

/** Holds pages and the state of health, which plan nothing, to the limits of their path. */
function limitPaths(cache: CatalogCache): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    try {
      if (!isApiPath(c) || c.req.path === '/api/health') await countPath(c, cache)
    } catch (error) {
      // An error on a page is shown as a page, not as JSON.
      if (isApiPath(c) || !(error instanceof Error)) throw error
      return answerErrorPage(error, c)
    }
    return await next()
  }
}

function isApiPath(c: Context<AppEnv>): boolean {
  return c.req.path.startsWith('/api/')
}

/**
 * Counts a request with the cached catalog and the unconfirmed caller of its token, so that it adds
 * no trip. Database: none, except for the catalog in a fresh isolate.
 *
 * @throws {ApiError} `too_many_requests`
 */
async function countPath(c: Context<AppEnv>, cache: CatalogCache): Promise<void> {
  const catalog = await cache.current(c.var.db)
  const caller = await c.var.resolveCaller(catalog)
  c.var.rateLimiter.count({ catalog, caller, now: new Date() })
}

/** Gives the request its file store, and starts the sweep of orphaned files after the response. */
function keepFiles(cache: CatalogCache): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { FILES: bucket, DB } = c.env
    const { db, background } = c.var
    const transactor = createSystemTransactor(DB, cache)
    const sweep = (): Promise<void> => sweepFiles({ bucket, db: DB, transactor })
    const store = createFileStore({ bucket, db, background, sweep })
    c.set('fileStore', store)
    await next()
    store.finish()
  }
}
