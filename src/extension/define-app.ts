import type { Hono } from 'hono'
import type { DefinedCollection } from '#schema/define/define-collection.ts'
import type { Cron } from './crons.ts'
import type { DataMigration } from './data-migrations.ts'
import type { CollectionHooks } from './hooks.ts'
import type { AppMail } from './mailing/app-mail.ts'
import type { AreteEnv } from './arete-env.ts'
import type { StandardSchema } from './tasks/standard-schema.ts'
import type { AnyTask } from './tasks/task.ts'

/** The additions of an application to Arete. Every part is optional. */
export interface AppDefinition {
  /**
   * The collections of the application, by `defineCollection`. `arete push` brings a deployment to them,
   * and `createTestApp` begins with them.
   */
  readonly collections?: readonly DefinedCollection[]
  /**
   * Routes of the application's own. Arete's routes win, and a route that Arete would never let
   * through is an error when the app is made.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- a Hono app has the types of its own routes
  readonly routes?: Hono<AreteEnv, any, any>
  /** Hooks by the name of their collection; `*` for every collection. */
  readonly hooks?: Readonly<Record<string, CollectionHooks>>
  /** A hook before mails, and an own way to send them. */
  readonly mail?: AppMail
  /** Scheduled jobs. */
  readonly crons?: readonly Cron[]
  /** Background tasks by name. A name must not change while some of its calls wait. */
  readonly tasks?: Readonly<Record<string, AnyTask>>
  /** Changes of data that run once, in this order. */
  readonly dataMigrations?: readonly DataMigration[]
  /**
   * The schema of the application's own variables and bindings: an object of Zod or of another library
   * of Standard Schema. A server does not start without them, and a Worker responds with 503.
   */
  readonly env?: StandardSchema<unknown, unknown>
}

/** An application: pass it to `createWorker` or `createServer`. */
export interface AreteApp {
  readonly definition: AppDefinition
}

/** Defines an application. */
export function defineApp(definition: AppDefinition): AreteApp {
  return { definition }
}
