import type { Extension, ExtensionJob } from '#app.ts'
import type { AreteApp } from './define-app.ts'
import { createHooks } from './create-hooks.ts'
import { jobsOf } from './crons.ts'
import { type Callable, deliverCalls, tidyCalls } from './deliver-calls.ts'
import { HookRegistry } from './hook-registry.ts'
import { mountRoutes } from './mount-routes.ts'
import { createEnrichOf } from './showing/enrich.ts'

/** Options of an extension. */
export interface ExtensionOptions {
  /** True to run each before hook twice, and to fail if it does not do the same. */
  readonly isStrict?: boolean
}

/** The time in which a scheduled run starts calls: the next one comes after a minute. */
const scheduledMilliseconds = 45_000

/** An application as the parts below see it. Parts that it has not cost nothing. */
export function createExtension(
  { definition: { routes, hooks = {}, crons = [] } }: AreteApp,
  { isStrict = false }: ExtensionOptions = {},
): Extension {
  const registry = new HookRegistry(hooks)
  const hasHooks = registry.names.length > 0
  const callable = registry.durable
  return {
    mount: routes && ((app, host) => mountRoutes(app, routes, host)),
    hooks: hasHooks
      ? createHooks(registry, {
          isStrict,
          deliver: (services) => deliverCalls(callable, services, 0),
        })
      : undefined,
    enrichOf: createEnrichOf(registry),
    jobs: [...(hasHooks ? [deliveryJob(callable)] : []), ...jobsOf(crons)],
  }
}

function deliveryJob(callable: Callable): ExtensionJob {
  return {
    id: '__areteHookDelivery__',
    expression: '* * * * *',
    async run(services, now) {
      await tidyCalls(callable, services, now)
      await deliverCalls(callable, services, scheduledMilliseconds)
    },
  }
}
