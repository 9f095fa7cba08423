import type { Hono } from 'hono'
import type { AreteEnv } from './arete-env.ts'

/** The additions of an application to Arete. Every part is optional. */
export interface AppDefinition {
  /**
   * Routes of the application's own. Arete's routes win, and a route that Arete would never let
   * through is an error when the app is made.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- a Hono app has the types of its own routes
  readonly routes?: Hono<AreteEnv, any, any>
}

/** An application: pass it to `createWorker` or `createServer`. */
export interface AreteApp {
  readonly definition: AppDefinition
}

/** Defines an application. */
export function defineApp(definition: AppDefinition): AreteApp {
  return { definition }
}
