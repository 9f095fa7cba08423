import type { Extension, ExtensionJob } from '#app.ts'
import { applicationParts } from './application-parts.ts'
import type { CoreParts } from './core.ts'
import type { AreteApp } from './define-app.ts'
import { createHooks } from './create-hooks.ts'
import { jobsOf } from './crons.ts'
import { dataMigrationJobs } from './data-migrations.ts'
import { type Callable, deliverCalls } from './deliver-calls.ts'
import { hookCall } from './hook-call.ts'
import { Environment } from './environment.ts'
import { HookRegistry } from './hook-registry.ts'
import { withAppMail } from './mailing/app-mail.ts'
import { mountRoutes } from './mount-routes.ts'
import { createEnrichOf } from './showing/enrich.ts'
import { taskCall } from './tasks/task-call.ts'
import { TaskRegistry } from './tasks/task-registry.ts'

/** Options of an extension. */
export interface ExtensionOptions {
  /** True to run each before hook twice, and to fail if it does not do the same. */
  readonly isStrict?: boolean
  /** The variables and bindings of the host. Without them the environment is empty. */
  readonly environment?: () => Readonly<Record<string, unknown>>
}

/** The time in which a scheduled run starts calls: the next one comes after a minute. */
const scheduledMilliseconds = 45_000

/** An application as the parts below see it. Parts that it has not cost nothing. */
export function createExtension(
  { definition }: AreteApp,
  { isStrict = false, environment: source = () => ({}) }: ExtensionOptions = {},
): Extension {
  const { routes, hooks = {}, crons = [], dataMigrations = [], mail } = definition
  const registry = new HookRegistry(hooks)
  const tasks = new TaskRegistry(definition.tasks)
  const environment = new Environment(definition.env, source)
  const parts: CoreParts = { tasks, environment }
  const hasCalls = registry.names.length > 0 || tasks.list.length > 0
  const callable: Callable = { functions: functionsOf(registry, tasks), parts }
  return {
    ready: environment.isEmpty ? undefined : () => environment.check(),
    parts: applicationParts(definition),
    endpoints: [...callable.functions.keys()],
    mount: routes && ((app, host) => mountRoutes(app, routes, parts, host)),
    hooks: hasCalls
      ? createHooks(registry, {
          isStrict,
          parts,
          deliver: (services) => deliverCalls(callable, services, 0),
        })
      : undefined,
    enrichOf: createEnrichOf(registry),
    mail: mail && ((transports) => withAppMail(mail, transports)),
    jobs: [
      ...(hasCalls ? [deliveryJob(callable)] : []),
      ...jobsOf(parts, crons),
      ...dataMigrationJobs(parts, dataMigrations),
    ],
  }
}

/** The functions that deliveries call, by endpoint. */
function functionsOf({ durable }: HookRegistry, { list }: TaskRegistry): Callable['functions'] {
  return new Map([
    ...[...durable].map(([endpoint, run]) => [endpoint, hookCall(run)] as const),
    ...list.map(({ endpoint, task }) => [endpoint, taskCall(task)] as const),
  ])
}

function deliveryJob(callable: Callable): ExtensionJob {
  return {
    id: '__areteHookDelivery__',
    expression: '* * * * *',
    async run(services) {
      await deliverCalls(callable, services, scheduledMilliseconds)
    },
  }
}
