import type { Json } from './json.ts'
import { type Method, operation, type OperationSketch, type PathEntry } from './operation.ts'

/** Tags that are no collections. They have a space, so no collection has such a name. */
export const deploymentTags = {
  files: ['Stored files', 'Downloads, and tokens for protected files.'],
  realtime: ['Realtime events', 'A stream of the changes of records.'],
  batch: ['Batch requests', 'Many writes, which all happen or none.'],
  about: ['This deployment', 'Its health, and its description.'],
  collections: ['Collection definitions', 'Collections, fields and rules.'],
  settings: ['Deployment settings', 'The settings, and tests of them.'],
  backups: ['Backup archives', 'Archives of the whole deployment.'],
  webhooks: ['Webhooks and deliveries', 'Addresses that receive events.'],
  logs: ['Request logs', 'The log of requests.'],
  jobs: ['Cron jobs', 'Jobs that run at their times.'],
  tools: ['Superuser tools', 'SQL, and explanations of rules.'],
} as const

type Tag = keyof typeof deploymentTags

type Rest = Omit<OperationSketch, 'tag' | 'method' | 'path' | 'id'>

/** An operation that is the same in every deployment. */
export function of(tag: Tag, method: Method, path: string, id: string, rest: Rest): PathEntry {
  return operation({ ...rest, tag: deploymentTags[tag][0], method, path, id })
}

/** One of superusers. */
export function ofSuperuser(
  tag: Tag,
  method: Method,
  path: string,
  id: string,
  rest: Rest,
): PathEntry {
  return of(tag, method, path, id, { ...rest, needs: 'superuser' })
}

/** A parameter of the query. */
export function query(name: string, description: string, schema: Json = { type: 'string' }): Json {
  return { name, in: 'query', description, schema }
}

/** An object that needs all of these members. */
export function members(properties: Json): Json {
  return { type: 'object', properties, required: Object.keys(properties) }
}
