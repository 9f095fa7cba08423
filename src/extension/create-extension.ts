import type { Extension } from '#app.ts'
import type { AreteApp } from './define-app.ts'
import { mountRoutes } from './mount-routes.ts'

/** An application as the parts below see it: undefined parts cost nothing. */
export function createExtension({ definition: { routes } }: AreteApp): Extension {
  return {
    mount: routes && ((app, host) => mountRoutes(app, routes, host)),
  }
}
