import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import { dictionary, type Dictionary } from '#kernel/dictionary.ts'
import { accountPaths, authSchema } from './account-paths.ts'
import { type Audience, acceptsSignIn, shownCollections, writableFields } from './audience.ts'
import { pageOf, sharedComponents, sharedSchemas } from './components.ts'
import { deploymentTags } from './deployment-operation.ts'
import { commonPaths, superuserPaths, superuserSchemas } from './deployment-paths.ts'
import { expansionsOf } from './expansions.ts'
import { type Json, ref } from './json.ts'
import type { PathEntry } from './operation.ts'
import { recordPaths } from './record-paths.ts'
import { bodySchema, recordSchema, schemaName } from './record-schemas.ts'
import { eventSchema, webhookEvents } from './webhook-paths.ts'

/** The choice of a document. */
export interface DocumentOptions {
  readonly audience: Audience
  /** The names of the collections to describe; undefined for all. */
  readonly names?: readonly string[] | undefined
}

/**
 * Describes the API of a deployment as OpenAPI 3.1: its own collections as the audience may use
 * them, and all that is the same everywhere.
 */
export function describeApi(catalog: Catalog, { audience, names }: DocumentOptions): Json {
  const all = shownCollections(catalog, audience)
  const shown = names === undefined ? all : all.filter(({ name }) => names.includes(name))
  const paths = [
    ...shown.flatMap((collection) => [
      ...recordPaths(collection, audience, expansionsOf(collection, audience, shown)),
      ...accountPaths(collection, audience),
    ]),
    ...commonPaths(catalog.settings, audience),
    ...(audience === 'superuser' ? superuserPaths() : []),
  ]
  // Only superusers manage webhooks.
  const webhooks = audience === 'superuser' ? { webhooks: webhookEvents(shown) } : {}
  const schemas = [
    ...sharedSchemas,
    ...(audience === 'superuser' ? Object.entries(superuserSchemas()) : []),
    ...shown.flatMap((collection) => schemasOf(collection, audience, shown)),
  ]
  return {
    openapi: '3.1.1',
    info: {
      title: catalog.settings.meta.appName || 'Arete',
      version: String(catalog.revision),
      description: introduction,
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    tags: tagsOf(shown, paths),
    paths: pathsOf(paths),
    ...webhooks,
    components: {
      schemas: dictionary(usedSchemas([...paths.map(([, , one]) => one), webhooks], schemas)),
      ...sharedComponents(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a sign-in. The word `Bearer` may be left out.',
        },
      },
    },
  }
}

const introduction =
  'The HTTP API of PocketBase, served by Arete. The official SDKs of PocketBase work with it.'

function tagsOf(shown: readonly Collection[], paths: readonly PathEntry[]): Json[] {
  const used = new Set(paths.flatMap(([, , { tags }]) => tags))
  return [
    ...shown.map(({ name, type }) => ({ name, description: tagNotes[type] })),
    ...Object.values(deploymentTags).map(([name, description]) => ({ name, description })),
  ].filter(({ name }) => used.has(name))
}

const tagNotes = {
  base: 'Records of a collection.',
  auth: 'Accounts, and the ways to sign in.',
  view: 'Records of a view, which are read only.',
}

/**
 * The schemas that operations refer to, directly or through others. A document must not have the body
 * of an operation that is left out.
 */
function usedSchemas(
  parts: readonly unknown[],
  schemas: readonly (readonly [string, Json])[],
): readonly (readonly [string, Json])[] {
  const known = new Map(schemas)
  const used = new Set(['Error'])
  const waiting = [...parts]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of referredSchemas(next)) {
      if (used.has(name)) continue
      used.add(name)
      waiting.push(known.get(name) ?? {})
    }
  }
  return schemas.filter(([name]) => used.has(name))
}

function referredSchemas(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === '$ref' && typeof value === 'string'
      ? value.split('#/components/schemas/').slice(1)
      : referredSchemas(value),
  )
}

function pathsOf(entries: readonly PathEntry[]): Dictionary<Dictionary<Json>> {
  const paths = dictionary<Dictionary<Json>>()
  for (const [path, method, operation] of entries) {
    const item = (paths[path] ??= dictionary<Json>())
    item[method] = operation
  }
  return paths
}

function schemasOf(
  collection: Collection,
  audience: Audience,
  shown: readonly Collection[],
): (readonly [string, Json])[] {
  const record = ref('schemas', schemaName(collection, 'record'))
  const hasFiles = writableFields(collection, audience).some(({ isFile }) => isFile)
  const bodies =
    collection.type === 'view'
      ? []
      : (['create', 'update'] as const).flatMap((use) => [
          [schemaName(collection, use), bodySchema(collection, audience, use, 'json')] as const,
          ...(hasFiles
            ? [
                [
                  schemaName(collection, `${use}Form`),
                  bodySchema(collection, audience, use, 'form'),
                ] as const,
              ]
            : []),
        ])
  return [
    [schemaName(collection, 'record'), { ...recordSchema(collection, audience, shown) }],
    [schemaName(collection, 'page'), pageOf(record)],
    ...(audience === 'superuser' && collection.type !== 'view'
      ? [[schemaName(collection, 'event'), eventSchema(collection)] as const]
      : []),
    ...(acceptsSignIn(audience, collection)
      ? [[schemaName(collection, 'auth'), authSchema(collection)] as const]
      : []),
    ...bodies.map(([name, schema]) => [name, { ...schema }] as const),
  ]
}
