import type { ApplicationParts } from '#home/application-parts.ts'
import type { AppDefinition } from './define-app.ts'

/** Lists the parts of an application for superusers. */
export function applicationParts({
  collections = [],
  routes,
  hooks = {},
  tasks = {},
  crons = [],
}: AppDefinition): ApplicationParts {
  return {
    collections: collections.map(({ name }) => name),
    routes: (routes?.routes ?? []).map(({ method, path }) => ({ method, path })),
    hooks: Object.fromEntries(
      Object.entries(hooks).map(([collection, kinds]) => [collection, Object.keys(kinds)]),
    ),
    tasks: Object.keys(tasks),
    crons: crons.map(({ id, expression }) => ({ id, expression })),
  }
}
