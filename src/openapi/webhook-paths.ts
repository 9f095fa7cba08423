/*
 * The operations for webhooks, and the events that webhooks receive.
 */
import type { Collection } from '#catalog/collection.ts'
import { changeTypes } from '#catalog/subscribers.ts'
import type { Dictionary } from '#kernel/dictionary.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { pageOf } from './components.ts'
import { members, ofSuperuser, query } from './deployment-operation.ts'
import { type Json, json, ref } from './json.ts'
import type { PathEntry } from './operation.ts'
import { recordSchema, schemaName } from './record-schemas.ts'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const texts = { type: 'array', items: text } as const
const count = { type: 'integer', minimum: 0 } as const
const moment = { type: 'string', description: 'Empty for never.' } as const
const states = ['waiting', 'done', 'dead', 'paused'] as const

/** The operations for webhooks and the log of their deliveries. */
export function webhookPaths(): readonly PathEntry[] {
  const one = '/api/webhooks/{id}'
  const delivery = '/api/webhooks/deliveries/{id}'
  const webhook = ref('schemas', 'Webhook')
  const submitted = json(ref('schemas', 'WebhookChange'))
  const secret = { schema: members({ secret: { ...text, description: 'Shown this once.' } }) }
  const replayed = { schema: members({ count }) }
  return [
    ofSuperuser('webhooks', 'get', '/api/webhooks', 'listWebhooks', {
      summary: 'Lists webhooks',
      answer: { schema: members({ items: { type: 'array', items: webhook } }) },
    }),
    ofSuperuser('webhooks', 'post', '/api/webhooks', 'createWebhook', {
      summary: 'Creates a webhook',
      description: 'It needs at least `url` and `collection`.',
      body: submitted,
      answer: { schema: { allOf: [webhook, secret.schema] } },
    }),
    ofSuperuser('webhooks', 'get', one, 'getWebhook', {
      summary: 'Returns a webhook',
      answer: { schema: webhook },
      errors: [404],
    }),
    ofSuperuser('webhooks', 'patch', one, 'updateWebhook', {
      summary: 'Changes a webhook',
      body: submitted,
      answer: { schema: webhook },
      errors: [404],
    }),
    ofSuperuser('webhooks', 'delete', one, 'deleteWebhook', {
      summary: 'Deletes a webhook',
      errors: [404],
    }),
    ofSuperuser('webhooks', 'post', `${one}/rotate`, 'rotateWebhook', {
      summary: 'Gives a webhook a new secret',
      body: json({
        type: 'object',
        properties: {
          keepSeconds: {
            type: 'integer',
            minimum: 0,
            maximum: 604_800,
            default: 86_400,
            description: 'The time for which the old secret signs too.',
          },
        },
      }),
      isBodyOptional: true,
      answer: secret,
      errors: [404],
    }),
    ofSuperuser('webhooks', 'post', `${one}/test`, 'testWebhook', {
      summary: 'Sends a webhook an event to try it',
      answer: { schema: members({ status: count, tookMs: count, error: text }) },
      errors: [404],
    }),
    ofSuperuser('webhooks', 'post', `${one}/replay`, 'replayWebhook', {
      summary: 'Sends deliveries of a time again',
      description: 'The dead and the paused ones, if no `state` is given.',
      body: json({
        type: 'object',
        properties: { since: text, until: text, state: { ...text, enum: states } },
      }),
      isBodyOptional: true,
      status: 202,
      answer: replayed,
      errors: [404],
    }),
    ofSuperuser('webhooks', 'get', `${one}/deliveries`, 'listDeliveries', {
      summary: 'Lists the deliveries of a webhook, the newest first',
      parameters: logParameters(states),
      answer: { schema: pageOf(ref('schemas', 'Delivery')) },
      errors: [404],
    }),
    ofSuperuser('webhooks', 'get', '/api/functions', 'listFunctions', {
      summary: 'Lists the durable hooks and tasks of the application, with their calls by state',
      answer: { schema: members({ items: { type: 'array', items: { type: 'object' } } }) },
    }),
    ofSuperuser('webhooks', 'get', '/api/functions/deliveries', 'listCalls', {
      summary: 'Lists the calls of durable hooks and tasks',
      parameters: logParameters(['waiting', 'done', 'dead']),
      answer: { schema: pageOf(ref('schemas', 'Delivery')) },
    }),
    ofSuperuser('webhooks', 'get', delivery, 'getDelivery', {
      summary: 'Returns a delivery with the body of its request',
      answer: { schema: { allOf: [ref('schemas', 'Delivery'), members({ body: text })] } },
      errors: [404],
    }),
    ofSuperuser('webhooks', 'post', `${delivery}/replay`, 'replayDelivery', {
      summary: 'Sends a delivery again, under its id',
      status: 202,
      answer: replayed,
      errors: [404],
    }),
  ]
}

function logParameters(known: readonly string[]): Json[] {
  return [
    query('state', 'The state of the deliveries.', { ...text, enum: known }),
    query('since', 'The earliest time of the event.'),
    query('until', 'The latest time of the event.'),
    ...['page', 'perPage', 'skipTotal'].map((name) => ref('parameters', name)),
  ]
}

/** The members that a superuser sets. */
const submittedMembers = {
  name: { ...text, maxLength: 200 },
  url: { ...text, format: 'uri', maxLength: 2000 },
  collection: { ...text, description: 'The name or id of a collection that is not a view.' },
  events: { type: 'array', items: { ...text, enum: changeTypes }, minItems: 1 },
  filter: { ...text, description: 'As a rule, without `@request`; empty for all changes.' },
  fields: { ...texts, description: 'The fields to send; empty for all.' },
  payload: { ...text, enum: ['full', 'full:64', 'thin'] },
  ordered: { ...flag, description: 'True if the changes of one record arrive in order.' },
  headers: { type: 'object', additionalProperties: text, maxProperties: 10 },
  timeout: { type: 'integer', minimum: 1, maximum: 30, description: 'In seconds.' },
  enabled: flag,
} as const

/** The schemas that the operations for webhooks refer to. */
export function webhookSchemas(): Readonly<Record<string, Json>> {
  return {
    Webhook: members({
      id: text,
      ...submittedMembers,
      collectionId: text,
      state: { ...text, enum: ['active', 'paused', 'failing', 'off'] },
      reason: { ...text, description: 'Says why it is paused or off.' },
      failingSince: moment,
      lastSuccess: moment,
      waiting: count,
      dead: count,
      paused: count,
      created: text,
      updated: text,
    }),
    WebhookChange: { type: 'object', properties: submittedMembers },
    Delivery: members({
      id: { ...text, description: 'The `webhook-id` of the request.' },
      webhook: { ...text, description: 'Its id, or the name of a function of the application.' },
      type: text,
      record: text,
      key: { ...text, description: 'The key of a task; empty for none.' },
      state: { ...text, enum: states },
      running: flag,
      attempts: count,
      next: moment,
      status: { ...count, description: '0 without an answer.' },
      error: text,
      answer: { ...text, description: 'The beginning of an answer that was a failure.' },
      tookMs: count,
      attempted: moment,
      created: text,
    }),
  }
}

/** The requests that webhooks of these collections receive, under `webhooks` of the document. */
export function webhookEvents(collections: readonly Collection[]): Dictionary<Json> {
  const changing = collections.filter(({ type }) => type !== 'view')
  return dictionary(
    changing.map((collection) => [
      `${collection.name}.changed`,
      {
        post: {
          operationId: `${collection.name}_changed`,
          tags: [collection.name],
          summary: `Tells a webhook of a change of a record of ${collection.name}`,
          description: 'Signed by Standard Webhooks.',
          security: [],
          parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
            name,
            in: 'header',
            required: true,
            schema: text,
          })),
          requestBody: {
            required: true,
            content: json(ref('schemas', schemaName(collection, 'event'))),
          },
          responses: {
            '2XX': { description: 'It was received. Anything else is a failure.' },
            '4XX': { description: 'It is sent again later; after 410 never.' },
          },
        },
      },
    ]),
  )
}

/** The body that tells of a change. */
export function eventSchema(collection: Collection): Json {
  // An event has what any client may see. It may be narrowed to some fields, or to the id.
  const record = { ...recordSchema(collection, 'public', []), required: ['id'] }
  return members({
    type: { ...text, enum: changeTypes.map((type) => `record.${type}`) },
    timestamp: { ...text, format: 'date-time' },
    data: {
      type: 'object',
      properties: {
        collection: members({ id: text, name: text }),
        actor: { ...members({ collection: text, id: text }), description: 'The account.' },
        record,
        changed: { ...texts, description: 'The names of the changed fields.' },
        previous: { ...record, description: 'The record before the change.' },
        truncated: { ...flag, description: 'True if the record was too large to be sent.' },
      },
      required: ['collection', 'record'],
    },
  })
}
