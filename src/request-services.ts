/*
 * The services of a request. Most requests need few of them, so each is made when it is first asked
 * for. They belong to one request: whatever outlives it is a part of the app, passed to each.
 */
import type { Context } from 'hono'
import type { AuthTokens } from '#auth/auth-token.ts'
import { createPasswords } from '#auth/passwords/common-passwords.ts'
import { createCallerResolver } from '#auth/authenticate.ts'
import type { RedirectReceivers } from '#auth/oauth2/oauth2-redirect.ts'
import { RequestSession } from '#auth/sessions/request-session.ts'
import type { CatalogCache } from '#catalog/catalog-cache.ts'
import type { PlanContext, PlanHooks } from '#catalog/plan-context.ts'
import {
  createSystemTransactor,
  createTransactor,
  type ResolveCaller,
  type Transactor,
} from '#catalog/transact.ts'
import { createFileStore, type RequestFiles } from '#files/file-store.ts'
import { sweepFiles } from '#files/sweep.ts'
import type { AppEnv, Bindings, RequestServices } from '#http/app-env.ts'
import type { RequestUse } from '#http/server-timing.ts'
import { lazy } from '#kernel/lazy.ts'
import type { MemoryCounters } from '#limits/memory-counters.ts'
import { createRateLimiter, type RateLimiter } from '#limits/rate-limits.ts'
import { createRequestMail, type RequestMail } from '#mail/mail-service.ts'
import type { BackupRunner } from '#platform/backups.ts'
import type { Background, Bucket, Database, KeyValueStore } from '#platform/bindings.ts'
import type { MailTransports } from '#platform/mailer.ts'
import {
  type MeteredDatabase,
  type MeteredStore,
  meterDatabase,
  meterKeyValueStore,
} from '#platform/metered.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { RealtimeShards } from '#platform/realtime.ts'
import type { FileStore } from '#records/write/file-store.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { createDirectory, type SubscriberCache } from '#realtime/directory.ts'
import { followWrites } from '#realtime/follow-writes.ts'
import { createRequestWebhooks, type RequestWebhooks } from '#webhooks/webhook-service.ts'

/** The parts of an app that its requests share. */
export interface AppParts {
  readonly catalogs: CatalogCache
  readonly counters: MemoryCounters
  readonly subscribers: SubscriberCache
  readonly tokens: AuthTokens
  readonly passwords: PasswordHasher
  readonly transports: MailTransports
  readonly redirectReceivers: RedirectReceivers
  readonly shards: RealtimeShards | undefined
  readonly backupRunner: BackupRunner | undefined
  readonly webhooks: WebhookSender | undefined
  /** Makes the hooks of an application. */
  readonly hooks: MakeHooks | undefined
}

/** Makes the hooks of one request or job, for writes of some depth. */
export type MakeHooks = (services: () => DeploymentServices, depth: number) => PlanHooks

/** The services of one request, with the work that is left once it has its response. */
export interface EndingServices extends RequestServices {
  /** Call it after the response. */
  end(): void
}

/**
 * The services of code that acts as the deployment: in a request, or in a job. Its writes are
 * followed like the writes of any request.
 */
export interface DeploymentServices {
  readonly db: Database
  /** Runs plans without a caller. */
  readonly transactor: Transactor
  readonly passwords: Passwords
  readonly fileStore: FileStore
  readonly background: Background
  /** The files of records. */
  readonly bucket: Bucket
  /** Delivers the mails in the outbox. */
  mail(): RequestMail
  /** The same for code that a hook runs, so that hooks cannot call each other without end. */
  deeper(): DeploymentServices
  /** The same at a depth of hooks. */
  at(depth: number): DeploymentServices
}

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Services for code of an application that acts as the deployment. */
    readonly deployment: DeploymentServices
  }
}

/** Creates the services of one request. */
export function createRequestServices(c: Context<AppEnv>, parts: AppParts): EndingServices {
  return new LazyServices(c, parts)
}

class LazyServices implements EndingServices {
  readonly #c: Context<AppEnv>
  readonly #parts: AppParts
  readonly background: Background

  #passwords: Passwords | undefined
  #db: MeteredDatabase | undefined
  #deployment: DeploymentServices | undefined
  #sessions: MeteredStore | undefined
  #session: RequestSession | undefined
  #resolveCaller: ResolveCaller | undefined
  #transactor: Transactor | undefined
  #rateLimiter: RateLimiter | undefined
  #fileStore: RequestFiles | undefined
  #mail: RequestMail | undefined
  #webhooks: RequestWebhooks | undefined

  constructor(c: Context<AppEnv>, parts: AppParts) {
    this.#c = c
    this.#parts = parts
    this.background = { run: (work) => c.executionCtx.waitUntil(work) }
  }

  get passwords(): Passwords {
    return (this.#passwords ??= createPasswords(this.#parts.passwords, this.#c.env.ASSETS))
  }

  get tokens(): AuthTokens {
    return this.#parts.tokens
  }

  get keys(): SettingsKeys {
    return this.#c.env
  }

  get redirectReceivers(): RedirectReceivers {
    return this.#parts.redirectReceivers
  }

  get realtimeShards(): RealtimeShards | undefined {
    return this.#parts.shards
  }

  get backupRunner(): BackupRunner | undefined {
    return this.#parts.backupRunner
  }

  get db(): Database {
    return (this.#db ??= meterDatabase(this.#c.env.DB)).port
  }

  get sessions(): KeyValueStore {
    return (this.#sessions ??= meterKeyValueStore(this.#c.env.SESSIONS)).port
  }

  get use(): RequestUse {
    return {
      database: this.#db?.use() ?? noUse,
      sessionReads: this.#sessions?.reads() ?? 0,
      sessionWrites: this.#sessions?.writes() ?? 0,
    }
  }

  get session(): RequestSession {
    return (this.#session ??= new RequestSession(this.sessions))
  }

  get resolveCaller(): ResolveCaller {
    return (this.#resolveCaller ??= createCallerResolver(this.#c))
  }

  get transactor(): Transactor {
    return (this.#transactor ??= this.#createTransactor(this.resolveCaller))
  }

  get deployment(): DeploymentServices {
    return (this.#deployment ??= this.#createDeployment())
  }

  get lastScope(): PlanContext | undefined {
    return this.#transactor?.lastScope()
  }

  get rateLimiter(): RateLimiter {
    return (this.#rateLimiter ??= createRateLimiter(this.#c, this.#parts.counters))
  }

  get fileStore(): RequestFiles {
    return (this.#fileStore ??= this.#createFileStore())
  }

  get mail(): RequestMail {
    return (this.#mail ??= createRequestMail(this.#parts, this.#c.env, this.background))
  }

  get webhooks(): RequestWebhooks {
    const { catalogs, webhooks: sender } = this.#parts
    const { background } = this
    return (this.#webhooks ??= createRequestWebhooks({ catalogs, sender }, this.#c.env, background))
  }

  end(): void {
    this.#fileStore?.finish()
    if (this.#session !== undefined) this.background.run(this.#session.touch(new Date()))
  }

  #createTransactor(resolveCaller: ResolveCaller): Transactor {
    const wakeDeliveries = (): void => this.webhooks.wake()
    const base = { ...this.#base(), wakeDeliveries }
    return transactorAt(base, resolveCaller, 0, () => this.deployment)
  }

  #createDeployment(): DeploymentServices {
    const { fileStore, passwords } = this
    const wakeDeliveries = (): void => this.webhooks.wake()
    const { FILES: bucket } = this.#c.env
    const mail = (): RequestMail => this.mail
    const base = { ...this.#base(), fileStore, passwords, bucket, mail, wakeDeliveries }
    return deploymentAt(base, 0)
  }

  #base(): Pick<Base, 'db' | 'background' | 'parts'> {
    const { db, background } = this
    return { db, background, parts: this.#parts }
  }

  #createFileStore(): RequestFiles {
    return fileStoreOver(this.#c.env, this.#base())
  }
}

/** The parts that transactors of one request or job are made of. */
interface Base {
  readonly db: Database
  readonly background: Background
  readonly parts: AppParts
  readonly fileStore: FileStore
  readonly passwords: Passwords
  readonly bucket: Bucket
  readonly mail: () => RequestMail
  readonly wakeDeliveries: () => void
}

function transactorAt(
  {
    db,
    background,
    parts,
    wakeDeliveries,
  }: Pick<Base, 'db' | 'background' | 'parts' | 'wakeDeliveries'>,
  resolveCaller: ResolveCaller,
  depth: number,
  services: () => DeploymentServices,
): Transactor {
  const { catalogs: cache, shards, subscribers: known } = parts
  const directory = shards && lazy(() => createDirectory({ db, shards, known, background }))
  const followers = directory === undefined ? [] : [() => followWrites(directory())]
  const hooks = parts.hooks?.(services, depth)
  return createTransactor({ db, cache, resolveCaller, followers, wakeDeliveries, hooks })
}

function deploymentAt(base: Base, depth: number): DeploymentServices {
  const { db, background, bucket, fileStore, mail, passwords } = base
  const services: DeploymentServices = {
    db,
    background,
    bucket,
    fileStore,
    mail,
    passwords,
    transactor: transactorAt(base, noCaller, depth, () => services),
    deeper: lazy(() => deploymentAt(base, depth + 1)),
    at: (other) => (other === depth ? services : deploymentAt(base, other)),
  }
  return services
}

function fileStoreOver(
  { DB, FILES: bucket }: Bindings,
  { db, background, parts }: Pick<Base, 'db' | 'background' | 'parts'>,
): RequestFiles {
  const transactor = createSystemTransactor(DB, parts.catalogs)
  const sweep = (): Promise<void> => sweepFiles({ bucket, db: DB, transactor })
  return createFileStore({ bucket, db, background, sweep })
}

/** The services of a job, with the work that is left at its end. */
export interface JobServices extends DeploymentServices {
  /** Resolves when everything that the job has started is done. */
  end(): Promise<void>
}

/**
 * Creates the services of a job, which no request asks for. Its writes are followed like the writes
 * of a request.
 */
export function createJobServices(bindings: Bindings, parts: AppParts): JobServices {
  const running = new Set<Promise<unknown>>()
  const background: Background = {
    run(work) {
      const settled = work.catch(() => undefined).finally(() => running.delete(settled))
      running.add(settled)
    },
  }
  const { DB: db, ASSETS } = bindings
  const passwords = createPasswords(parts.passwords, ASSETS)
  const fileStore = fileStoreOver(bindings, { db, background, parts })
  const { catalogs, webhooks: sender } = parts
  const webhooks = lazy(() => createRequestWebhooks({ catalogs, sender }, bindings, background))
  const wakeDeliveries = (): void => webhooks().wake()
  const { FILES: bucket } = bindings
  const mail = lazy(() => createRequestMail(parts, bindings, background))
  const base = { db, background, parts, fileStore, passwords, bucket, mail, wakeDeliveries }
  const services = deploymentAt(base, 0)
  return {
    ...services,
    async end() {
      fileStore.finish()
      while (running.size > 0) await Promise.all(running)
    },
  }
}

const noCaller: ResolveCaller = () => Promise.resolve(undefined)

const noUse = { batches: 0, rowsRead: 0, rowsWritten: 0, milliseconds: 0 }
