import { type Context, Hono, type MiddlewareHandler, type Next } from 'hono'
import { backupRoutes } from '#backups/routes.ts'
import { readActivity, selectActivity } from '#backups/store.ts'
import type { BackupRunner } from '#platform/backups.ts'
import { createAuthTokens } from '#auth/auth-token.ts'
import { confirmationRoutes } from '#auth/account-mail/confirmation-routes.ts'
import { factorRoutes } from '#auth/factors/factor-routes.ts'
import { stateRoutes } from '#auth/states/state-routes.ts'
import { pageRoutes } from '#auth/pages/routes.tsx'
import { noReceivers, type RedirectReceivers } from '#auth/oauth2/oauth2-redirect.ts'
import { oauth2Routes } from '#auth/oauth2/oauth2-routes.ts'
import { authRoutes } from '#auth/routes.ts'
import { setupRoutes } from '#auth/setup/setup-routes.ts'
import { testMailRoutes } from '#auth/account-mail/test-mail-routes.ts'
import { type CatalogCache, createCatalogCache } from '#catalog/catalog-cache.ts'
import { collectionRoutes } from '#collections/routes.ts'
import { createCronRoutes } from '#crons/routes.ts'
import { createJobs, type Jobs } from '#crons/jobs.ts'
import type { Job } from '#crons/run-jobs.ts'
import { createFileRoutes } from '#files/routes.ts'
import type { AppEnv, Bindings } from '#http/app-env.ts'
import { collapseSlashes } from '#http/collapse-slashes.ts'
import { answerPreflights } from '#http/network/cors.ts'
import { responseHeaders } from '#http/network/response-headers.ts'
import { onError, answerNotFound } from '#http/error-response.ts'
import { createHealthRoutes, type HealthDetails } from '#http/health-routes.ts'
import type { ApplicationParts } from '#home/application-parts.ts'
import { createAreteRoutes } from '#home/arete-routes.ts'
import { dashboardAssetRoutes, dashboardRoutes } from '#home/dashboard-routes.ts'
import { homeRoutes } from '#home/routes.ts'
import { fieldProjection } from '#http/projection.ts'
import { serverTiming } from '#http/server-timing.ts'
import { answerErrorPage } from '#http/page.tsx'
import { createLogBuffer, type LogBuffer } from '#logs/log-buffer.ts'
import { logRequests } from '#logs/log-requests.ts'
import { logRoutes } from '#logs/routes.ts'
import { inboxPageRoutes, inboxRoutes } from '#mail/inbox-routes.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { ImageResizer } from '#platform/images.ts'
import {
  guardBackups,
  guardBucket,
  guardDatabase,
  guardImages,
  guardKeyValueStore,
  guardShards,
} from '#platform/outages.ts'
import type { RealtimeShards } from '#platform/realtime.ts'
import type { MailTransports } from '#platform/mailer.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import { createSubscriberCache } from '#realtime/directory.ts'
import { createRedirectReceivers } from '#realtime/redirect-receivers.ts'
import { realtimeRoutes } from '#realtime/routes.ts'
import { openApiRoutes } from '#openapi/routes.ts'
import { recordRoutes } from '#records/routes.ts'
import { ruleRoutes } from '#rules/routes.ts'
import { schemaRoutes } from '#schema/routes.ts'
import { sqlRoutes } from '#sql/routes.ts'
import { createMemoryCounters } from '#limits/memory-counters.ts'
import { settingsRoutes } from '#settings/routes.ts'
import { createFunctionRoutes } from '#webhooks/function-routes.ts'
import { webhookRoutes } from '#webhooks/routes.ts'
import {
  type AppParts,
  createJobServices,
  createRequestServices,
  type DeploymentServices,
  type MakeHooks,
} from './request-services.ts'

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
  /** Sends webhooks; without it they wait. */
  readonly webhooks?: WebhookSender
  /** Waits for OAuth2 redirects. Defaults to clients of realtime. */
  readonly redirectReceivers?: RedirectReceivers
  /** Buffers log entries before they are written. By default for some seconds. */
  readonly logs?: LogBuffer
  /** The additions of an application. */
  readonly extension?: Extension
}

/** The additions of an application to the API. */
export interface Extension {
  /** Adds its routes to the app, which has all others. */
  readonly mount?: ((app: Hono<AppEnv>, host: ExtensionHost) => void) | undefined
  /** Makes its hooks for one request or job. */
  readonly hooks?: MakeHooks | undefined
  /** Adds its transport and its hook to the ways to send mails. */
  readonly mail?: ((transports: MailTransports) => MailTransports) | undefined
  /** Its hooks that change records as they are shown. */
  readonly enrichOf?: EnrichOf | undefined
  readonly jobs?: readonly ExtensionJob[]
  /** Checks its environment, before each request and job. Throws if it cannot run. */
  readonly ready?: (() => Promise<void>) | undefined
  /** Its parts, for superusers. */
  readonly parts?: ApplicationParts
  /** The endpoints of its durable hooks and tasks. */
  readonly endpoints?: readonly string[]
}

/** A scheduled job of an application. */
export interface ExtensionJob {
  readonly id: string
  /** A cron expression of five segments, in UTC. */
  readonly expression: string
  run(services: DeploymentServices, now: Date): Promise<void>
}

/** The parts of the app for the routes of an extension. */
export interface ExtensionHost {
  readonly catalogs: CatalogCache
  /**
   * Holds a request to the limits of its path.
   *
   * @throws {ApiError} `too_many_requests`
   */
  countPath(c: Context<AppEnv>): Promise<void>
}

/** The API of a deployment, and its scheduled jobs, which share their caches. */
export interface Deployment {
  readonly app: Hono<AppEnv>
  readonly jobs: Jobs
}

/** Creates the whole HTTP API as one app; see {@link createDeployment}. */
export function createApp(host: Host): Hono<AppEnv> {
  return createDeployment(host).app
}

/**
 * Creates the API and the jobs of a deployment. Its caches (compiled collections, imported keys, rate
 * limit counters) live as long as it does.
 */
export function createDeployment({
  passwords,
  mail: hostMail,
  images,
  backups,
  realtime,
  webhooks,
  redirectReceivers,
  logs = createLogBuffer(),
  extension = {},
}: Host): Deployment {
  const shards = realtime && guardShards(realtime)
  const resizer = images && guardImages(images)
  const { enrichOf } = extension
  const mail = extension.mail?.(hostMail) ?? hostMail
  const catalogs = createCatalogCache(enrichOf)
  if (enrichOf !== undefined) realtime?.enrichWith(enrichOf)
  const parts: AppParts = {
    catalogs,
    hooks: extension.hooks,
    counters: createMemoryCounters(),
    subscribers: createSubscriberCache(),
    tokens: createAuthTokens(),
    passwords,
    transports: mail,
    redirectReceivers:
      redirectReceivers ?? (shards === undefined ? noReceivers : createRedirectReceivers(shards)),
    shards,
    backupRunner: backups && guardBackups(backups),
    webhooks,
  }
  const added = (extension.jobs ?? []).map((job) => jobOf(job, parts, extension.ready))
  const { endpoints = [] } = extension
  const jobs = createJobs(mail, catalogs, backups, webhooks, added, endpoints)
  const counted = new WeakSet<Context<AppEnv>>()

  /** Counts a request that no route of Arete's counts. Other paths are counted before their route. */
  async function countApiPath(c: Context<AppEnv>): Promise<void> {
    if (!isApiPath(c) || counted.has(c)) return
    counted.add(c)
    await countPath(c, catalogs)
  }

  const app = new Hono<AppEnv>()
    .use(serveRequests(parts, extension.ready))
    .use(answerPreflights())
    .use(responseHeaders())
    .use(collapseSlashes())
    .route('/', dashboardAssetRoutes)
    .use(logRequests({ buffer: logs, catalogs }))
    .use(serverTiming())
    .use(limitPaths(catalogs))
    .use(fieldProjection())
    .route('/api', createHealthRoutes(readHealthDetails))
    .route('/api', collectionRoutes)
    .route('/api', recordRoutes)
    .route('/api', createFileRoutes(resizer))
    .route('/api', realtimeRoutes)
    .route('/api', authRoutes)
    .route('/api', factorRoutes)
    .route('/api', stateRoutes)
    .route('/api', confirmationRoutes)
    .route('/api', oauth2Routes)
    .route('/api', settingsRoutes)
    .route('/api', backupRoutes)
    .route('/api', logRoutes)
    .route('/api', sqlRoutes)
    .route('/api', ruleRoutes)
    .route('/api', createCronRoutes(jobs))
    .route('/api', testMailRoutes)
    .route('/api', inboxRoutes)
    .route('/api', webhookRoutes)
    .route('/api', createFunctionRoutes(endpoints))
    .route('/api', createAreteRoutes(extension.parts))
    .route('/api', setupRoutes)
    .route('/api', openApiRoutes)
    .route('/api', schemaRoutes)
    .route('/_', inboxPageRoutes)
    .route('/', pageRoutes)
    .route('/', homeRoutes)
    .route('/', dashboardRoutes)
    .notFound(async (c) => {
      await countApiPath(c)
      return answerNotFound(c)
    })
    .onError(onError)
  extension.mount?.(app, { catalogs, countPath: countApiPath })
  return { app, jobs }
}

/** A job of an application, with services for each run. */
function jobOf(
  { id, expression, run }: ExtensionJob,
  parts: AppParts,
  ready: Extension['ready'],
): Job {
  return {
    id,
    expression,
    async run(bindings, now) {
      await ready?.()
      const services = createJobServices(bindings, parts)
      try {
        await run(services, now)
      } finally {
        await services.end()
      }
    },
  }
}

/** Gives a request its id and its services. Outages of bindings are reported as such. */
function serveRequests(parts: AppParts, ready: Extension['ready']): MiddlewareHandler<AppEnv> {
  const guarded = new WeakMap<Bindings, Bindings>()

  /** A host passes the same bindings with every request, so they are guarded once. */
  function guardedOnce(bindings: Bindings): Bindings {
    const known = guarded.get(bindings)
    if (known !== undefined) return known
    const made = guardBindings(bindings)
    guarded.set(bindings, made)
    return made
  }

  return async (c, next) => {
    c.set('requestId', crypto.randomUUID())
    c.env = guardedOnce(c.env)
    const services = createRequestServices(c, parts)
    c.set('services', services)
    if (ready !== undefined) await assertReady(ready)
    await next()
    services.end()
  }
}

/** @throws {ApiError} `unavailable`; only the log names the reason. */
async function assertReady(ready: () => Promise<void>): Promise<void> {
  try {
    await ready()
  } catch (cause) {
    throw new ApiError(commonErrors.unavailable, { cause })
  }
}

function guardBindings(bindings: Bindings): Bindings {
  const { DB, LOGS, SESSIONS, FILES } = bindings
  return {
    ...bindings,
    DB: guardDatabase(DB),
    ...(LOGS === undefined ? {} : { LOGS: guardDatabase(LOGS) }),
    SESSIONS: guardKeyValueStore(SESSIONS),
    FILES: guardBucket(FILES),
  }
}

/** Reads the details of the health check, for superusers only. Database: 1 batch. */
function readHealthDetails(c: Context<AppEnv>): Promise<HealthDetails | undefined> {
  return c.get('services').transactor.read(({ caller, catalog: { settings } }) => ({
    statements: [selectActivity],
    read: ([activity = []]) =>
      caller?.isSuperuser === true ? { settings, backups: readActivity(activity) } : undefined,
  }))
}

/** Holds pages and the state of health, which plan nothing, to the limits of their path. */
function limitPaths(cache: CatalogCache): MiddlewareHandler<AppEnv> {
  async function limited(c: Context<AppEnv>, next: Next): Promise<Response | void> {
    try {
      await countPath(c, cache)
    } catch (error) {
      // An error on a page is shown as a page, not as JSON.
      if (isApiPath(c) || !(error instanceof Error)) throw error
      return answerErrorPage(error, c)
    }
    await next()
  }
  return (c, next) => (isApiPath(c) && c.req.path !== '/api/health' ? next() : limited(c, next))
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
  const { db, resolveCaller, rateLimiter } = c.get('services')
  const catalog = await cache.current(db)
  const caller = await resolveCaller(catalog)
  rateLimiter.count({ catalog, caller, now: new Date() })
}
