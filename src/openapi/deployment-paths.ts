/*
 * The operations that are the same in every deployment, for all clients and for superusers.
 */
import { scaffold } from '#catalog/scaffolds.ts'
import { lazy } from '#kernel/lazy.ts'
import { defaultSettings } from '#settings/defaults.ts'
import type { Settings } from '#settings/settings.ts'
import type { Audience } from './audience.ts'
import { pageOf } from './components.ts'
import { type Json, json, ref } from './json.ts'
import { members, of, ofSuperuser, query } from './deployment-operation.ts'
import type { OperationSketch, PathEntry } from './operation.ts'
import { webhookPaths, webhookSchemas } from './webhook-paths.ts'

const text = { type: 'string' } as const
const object = { type: 'object' } as const
const free = { schema: {} }

/** The operations of every client. A batch is one only while it is enabled. */
export function commonPaths({ batch }: Settings, audience: Audience): readonly PathEntry[] {
  const isBatchOn = audience === 'superuser' || batch.enabled
  return [
    of('files', 'get', '/api/files/{collection}/{record}/{filename}', 'downloadFile', {
      summary: 'Downloads a file of a record',
      parameters: [
        query('thumb', 'The size of a thumbnail: `100x100`, `0x50`, `100x100f`.'),
        query('token', 'A file token, for protected files.'),
        query('download', 'Not empty to save the file instead of showing it.'),
      ],
      answer: { content: { '*/*': free } },
      others: {
        206: { description: 'The requested range.', content: { '*/*': free } },
        304: { description: 'The file is as the client has it.' },
        412: { description: 'A condition of the request does not hold.' },
      },
      errors: [404, 416],
    }),
    of('files', 'post', '/api/files/token', 'createFileToken', {
      summary: 'Returns a token for protected files, which lives for minutes',
      needs: 'account',
      answer: { schema: members({ token: text }) },
    }),
    of('realtime', 'get', '/api/realtime', 'openRealtime', {
      summary: 'Opens the stream of events',
      description: 'The first event, `PB_CONNECT`, has the id of the client.',
      answer: { content: { 'text/event-stream': { schema: text } } },
    }),
    of('realtime', 'post', '/api/realtime', 'subscribe', {
      summary: 'Sets the subscriptions of a client',
      body: json({
        ...members({ clientId: text, subscriptions: { type: 'array', items: text } }),
        required: ['clientId'],
      }),
      errors: [403, 404],
    }),
    ...(isBatchOn
      ? [
          of('batch', 'post', '/api/batch', 'sendBatch', {
            summary: 'Creates, updates and deletes records in one transaction',
            parameters: [ref('parameters', 'idempotencyKey')],
            body: json(members({ requests: { type: 'array', items: batchItem } })),
            answer: {
              schema: {
                type: 'array',
                items: members({ status: { type: 'integer' }, body: {} }),
              },
            },
            errors: [403, 422],
          }),
        ]
      : []),
    of('about', 'get', '/api/health', 'getHealth', {
      summary: 'Says that the API responds',
      answer: { schema: members({ message: text, code: { type: 'integer' }, data: object }) },
    }),
    of('about', 'get', '/api/arete', 'getDeployment', {
      summary: 'Returns the properties of this deployment, more of them to superusers',
      answer: { schema: object },
    }),
    of('about', 'get', '/api/openapi.json', 'getDescription', {
      summary: 'Returns this document',
      parameters: [
        query('collections', 'The names of the collections to describe, with commas between them.'),
        query('download', '`1` to save the document.'),
      ],
      answer: { schema: object },
      others: { 304: { description: 'The document is as the client has it.' } },
      errors: [401, 403],
    }),
  ]
}

/** The operations of superusers. */
export function superuserPaths(): readonly PathEntry[] {
  const collection = ref('schemas', 'Collection')
  const page = (name: string): OperationSketch['answer'] => ({
    schema: pageOf(ref('schemas', name)),
  })
  return [
    ofSuperuser('collections', 'get', '/api/collections', 'listCollections', {
      summary: 'Lists collections',
      parameters: pageParameters,
      answer: page('Collection'),
    }),
    ofSuperuser('collections', 'post', '/api/collections', 'createCollection', {
      summary: 'Creates a collection',
      body: json(collectionBody()),
      answer: { schema: collection },
    }),
    ofSuperuser('collections', 'get', '/api/collections/{collection}', 'getCollection', {
      summary: 'Returns a collection, by name or id',
      answer: { schema: collection },
      errors: [404],
    }),
    ofSuperuser('collections', 'patch', '/api/collections/{collection}', 'updateCollection', {
      summary: 'Changes a collection',
      body: json({ ...collectionBody(), required: [] }),
      answer: { schema: collection },
      errors: [404],
    }),
    ofSuperuser('collections', 'delete', '/api/collections/{collection}', 'deleteCollection', {
      summary: 'Deletes a collection with its records',
      errors: [404],
    }),
    ofSuperuser('collections', 'put', '/api/collections/import', 'importCollections', {
      summary: 'Creates and changes many collections',
      body: json({
        ...members({
          collections: { type: 'array', items: object },
          deleteMissing: { type: 'boolean' },
        }),
        required: ['collections'],
      }),
    }),
    ofSuperuser('collections', 'get', '/api/collections/meta/scaffolds', 'listScaffolds', {
      summary: 'Returns an empty collection of each type',
      answer: { schema: members({ auth: object, base: object, view: object }) },
    }),
    ofSuperuser('collections', 'get', '/api/collections/meta/oauth2-providers', 'listProviders', {
      summary: 'Lists the known OAuth2 providers',
      answer: { schema: { type: 'array', items: object } },
    }),
    ofSuperuser('collections', 'post', '/api/collections/meta/dry-run-view', 'tryView', {
      summary: 'Runs the query of a view without saving it',
      body: json(members({ query: text })),
      answer: { schema: object },
    }),
    ofSuperuser('about', 'get', '/api/schema/types.ts', 'getTypes', {
      summary: 'Returns TypeScript types of the collections',
      parameters: [query('download', '`1` to save the file.')],
      answer: { content: { 'text/plain': { schema: text } } },
      others: { 304: { description: 'The types are as the client has them.' } },
    }),
    ofSuperuser('settings', 'get', '/api/settings', 'getSettings', {
      summary: 'Returns the settings without their secrets',
      answer: { schema: ref('schemas', 'Settings') },
    }),
    ofSuperuser('settings', 'patch', '/api/settings', 'updateSettings', {
      summary: 'Changes settings',
      body: json(ref('schemas', 'SettingsChange')),
      answer: { schema: ref('schemas', 'Settings') },
    }),
    ofSuperuser('settings', 'post', '/api/settings/test/s3', 'testS3', {
      summary: 'Tests a store of files',
      body: json(members({ filesystem: { ...text, enum: ['storage', 'backups'] } })),
    }),
    ofSuperuser('settings', 'post', '/api/settings/test/email', 'testMail', {
      summary: 'Sends a mail of a template',
      body: json({
        ...members({ email: { ...text, format: 'email' }, template: text, collection: text }),
        required: ['email', 'template'],
      }),
    }),
    ofSuperuser(
      'settings',
      'post',
      '/api/settings/apple/generate-client-secret',
      'makeAppleSecret',
      {
        summary: 'Makes a client secret for Apple',
        body: json(
          members({
            clientId: text,
            teamId: text,
            keyId: text,
            privateKey: text,
            duration: { type: 'integer' },
          }),
        ),
        answer: { schema: members({ secret: text }) },
      },
    ),
    ofSuperuser('backups', 'get', '/api/backups', 'listBackups', {
      summary: 'Lists backups',
      answer: {
        schema: {
          type: 'array',
          items: members({ key: text, modified: text, size: { type: 'integer' } }),
        },
      },
    }),
    ofSuperuser('backups', 'post', '/api/backups', 'createBackup', {
      summary: 'Creates a backup',
      body: json({ type: 'object', properties: { name: text } }),
      isBodyOptional: true,
    }),
    ofSuperuser('backups', 'post', '/api/backups/upload', 'uploadBackup', {
      summary: 'Uploads a backup',
      body: {
        'multipart/form-data': { schema: members({ file: { ...text, format: 'binary' } }) },
      },
    }),
    ofSuperuser('backups', 'get', '/api/backups/{key}', 'downloadBackup', {
      summary: 'Downloads a backup',
      parameters: [query('token', 'A file token of a superuser.')],
      answer: { content: { 'application/zip': free } },
      others: { 206: { description: 'The requested range.', content: { '*/*': free } } },
      errors: [404, 416],
    }),
    ofSuperuser('backups', 'delete', '/api/backups/{key}', 'deleteBackup', {
      summary: 'Deletes a backup',
    }),
    ofSuperuser('backups', 'post', '/api/backups/{key}/restore', 'restoreBackup', {
      summary: 'Restores a backup',
    }),
    ...webhookPaths(),
    ...schemaPaths(),
    ofSuperuser('logs', 'get', '/api/logs', 'listLogs', {
      summary: 'Lists log entries',
      parameters: pageParameters,
      answer: page('LogEntry'),
    }),
    ofSuperuser('logs', 'get', '/api/logs/stats', 'countLogs', {
      summary: 'Counts log entries by hour',
      parameters: [ref('parameters', 'filter')],
      answer: {
        schema: { type: 'array', items: members({ date: text, total: { type: 'integer' } }) },
      },
    }),
    ofSuperuser('logs', 'get', '/api/logs/summary', 'summariseLogs', {
      summary: 'Sums up requests by step and by route',
      parameters: [
        ref('parameters', 'filter'),
        query('from', 'The begin; by default 24 hours before the end.'),
        query('to', 'The end; by default now.'),
        query('step', 'The length of a step.', { ...text, enum: ['minute', 'hour', 'day'] }),
      ],
      answer: { schema: object },
    }),
    ofSuperuser('logs', 'get', '/api/logs/{id}', 'getLog', {
      summary: 'Returns a log entry',
      answer: { schema: ref('schemas', 'LogEntry') },
      errors: [404],
    }),
    ofSuperuser('jobs', 'get', '/api/crons', 'listJobs', {
      summary: 'Lists jobs',
      answer: { schema: { type: 'array', items: members({ id: text, expression: text }) } },
    }),
    ofSuperuser('jobs', 'post', '/api/crons/{id}', 'runJob', {
      summary: 'Runs a job now',
      errors: [404],
    }),
    ofSuperuser('tools', 'post', '/api/sql', 'runSql', {
      summary: 'Runs an SQL statement',
      body: json(members({ query: { ...text, maxLength: 5000 } })),
      answer: { schema: object },
    }),
    ofSuperuser('tools', 'post', '/api/rules/explain', 'explainRule', {
      summary: 'Explains why a request is allowed or refused',
      body: json({
        ...members({ collection: text, action: text, record: text, rule: {}, auth: {} }),
        required: ['collection', 'action'],
      }),
      answer: { schema: object },
      errors: [404],
    }),
  ]
}

function schemaPaths(): readonly PathEntry[] {
  const plan = {
    type: 'object',
    properties: {
      collections: { type: 'array', items: object },
      deleteMissing: { type: 'boolean' },
      renames: { type: 'object', additionalProperties: text },
      allow: { type: 'array', items: text },
      phase: { ...text, enum: ['all', 'expand', 'contract'] },
      drift: { ...text, enum: ['', 'keep', 'overwrite'] },
      source: { ...text, enum: ['push', 'dashboard', 'restore'] },
    },
    required: ['collections'],
  } as const
  const apply = {
    ...plan,
    properties: { ...plan.properties, revision: { type: 'integer' } },
    required: ['collections', 'revision'],
  } as const
  const paging = ['page', 'perPage', 'skipTotal'].map((name) => ref('parameters', name))
  return [
    ofSuperuser('collections', 'post', '/api/schema/plan', 'planSchema', {
      summary: 'Plans the changes that lead to these definitions',
      body: json(plan),
      answer: { schema: object },
    }),
    ofSuperuser('collections', 'post', '/api/schema/apply', 'applySchema', {
      summary: 'Applies a plan at the revision that it was made for',
      body: json(apply),
      answer: { schema: object },
      others: {
        409: {
          description: 'The deployment has changed since the plan was made.',
          content: json(ref('schemas', 'Error')),
        },
      },
    }),
    ofSuperuser('collections', 'get', '/api/schema/history', 'listSchemaHistory', {
      summary: 'Lists the changes of definitions',
      parameters: [...paging, query('digest', 'The digest of a plan.')],
      answer: { schema: object },
    }),
    ofSuperuser('collections', 'get', '/api/schema/history/{id}', 'getSchemaChange', {
      summary: 'Returns a change with the definitions before and after it',
      answer: { schema: object },
      errors: [404],
    }),
  ]
}

/** The schemas that superusers' operations refer to. */
export function superuserSchemas(): Readonly<Record<string, Json>> {
  return {
    Collection: {
      ...collectionBody(),
      properties: { id: text, ...collectionBody().properties, created: text, updated: text },
    },
    Settings: { type: 'object', description: 'As in a change, without secrets.' },
    SettingsChange: changeOf(defaultSettings),
    ...webhookSchemas(),
    LogEntry: members({
      id: text,
      level: { type: 'integer' },
      message: text,
      data: object,
      created: text,
    }),
  }
}

/** The schema of a change of something with this default: all of its members are optional. */
function changeOf(value: unknown): Json {
  if (Array.isArray(value))
    return { type: 'array', items: value.length > 0 ? changeOf(value[0]) : {} }
  if (typeof value !== 'object' || value === null) {
    return { type: typeof value === 'number' ? 'integer' : typeof value }
  }
  return { type: 'object', properties: changesOf(value) }
}

function changesOf(value: object): Json {
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changeOf(each)]))
}

const rule = { type: ['string', 'null'] } as const

/** Made when it is needed: a scaffold has random secrets. */
const collectionBody = lazy(
  () =>
    ({
      type: 'object',
      properties: {
        name: text,
        type: { ...text, enum: ['base', 'auth', 'view'] },
        system: { type: 'boolean' },
        fields: { type: 'array', items: object },
        indexes: { type: 'array', items: text },
        listRule: rule,
        viewRule: rule,
        createRule: rule,
        updateRule: rule,
        deleteRule: rule,
        ...changesOf(scaffold('auth').options),
        authRule: rule,
        manageRule: rule,
        viewQuery: text,
      },
      required: ['name', 'type'],
    }) as const,
)

const batchItem: Json = {
  type: 'object',
  properties: {
    method: { ...text, enum: ['POST', 'PATCH', 'PUT', 'DELETE'] },
    url: { ...text, description: 'As of a single request: `/api/collections/posts/records`.' },
    headers: { type: 'object', additionalProperties: text },
    body: object,
  },
  required: ['method', 'url'],
}

const pageParameters = ['page', 'perPage', 'sort', 'filter', 'skipTotal', 'fields'].map((name) =>
  ref('parameters', name),
)
