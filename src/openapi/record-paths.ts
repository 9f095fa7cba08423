import type { Collection } from '#catalog/collection.ts'
import { type Audience, permits, writableFields } from './audience.ts'
import type { Expansion } from './expansions.ts'
import { type Json, json, ref } from './json.ts'
import { operation, type OperationSketch, type PathEntry } from './operation.ts'
import { schemaName } from './record-schemas.ts'

type Rules = Collection['rules']

/** The operations on a collection's records that the audience may call. */
export function recordPaths(
  collection: Collection,
  audience: Audience,
  expansions: readonly Expansion[],
): readonly PathEntry[] {
  const { name } = collection
  const records = `/api/collections/${name}/records`
  const one = `${records}/{id}`
  const shared = ref('parameters', 'fields')
  const parameters = [...expandParameter(expansions), shared]
  const keyed = ref('parameters', 'idempotencyKey')
  const answer = { schema: ref('schemas', schemaName(collection, 'record')) }
  const sketch = (
    rule: keyof Rules,
    rest: Omit<OperationSketch, 'tag' | 'id' | 'description'>,
  ): PathEntry[] =>
    permits(audience, collection.rules[rule])
      ? [
          operation({
            ...rest,
            tag: name,
            id: `${name}_${rule}`,
            ...ruleNote(collection, rule, audience),
          }),
        ]
      : []

  const reading = [
    ...sketch('list', {
      method: 'get',
      path: records,
      summary: `Lists records of ${name}`,
      parameters: [
        ...['page', 'perPage', 'sort', 'filter', 'skipTotal'].map((key) => ref('parameters', key)),
        ...parameters,
        ref('parameters', 'ifNoneMatch'),
      ],
      answer: { schema: ref('schemas', schemaName(collection, 'page')) },
      others: notModified,
      errors: [403, 404],
    }),
    ...sketch('view', {
      method: 'get',
      path: one,
      summary: `Returns a record of ${name}`,
      parameters: [...parameters, ref('parameters', 'ifNoneMatch')],
      answer,
      others: notModified,
      errors: [403, 404],
    }),
  ]
  if (collection.type === 'view') return reading
  return [
    ...reading,
    ...sketch('create', {
      method: 'post',
      path: records,
      summary: `Creates a record of ${name}`,
      parameters: [...parameters, keyed, ref('parameters', 'ifNew')],
      body: bodyOf(collection, audience, 'create'),
      answer,
      errors: [403, 404, 412, 422],
    }),
    ...sketch('update', {
      method: 'patch',
      path: one,
      summary: `Updates a record of ${name}`,
      parameters: [...parameters, keyed, ref('parameters', 'ifMatch')],
      body: bodyOf(collection, audience, 'update'),
      answer,
      errors: [403, 404, 412, 422],
    }),
    ...sketch('delete', {
      method: 'delete',
      path: one,
      summary: `Deletes a record of ${name}`,
      parameters: [keyed, ref('parameters', 'ifMatch')],
      errors: [403, 404, 412, 422],
    }),
    ...(audience === 'superuser'
      ? [
          operation({
            method: 'delete',
            path: `/api/collections/${name}/truncate`,
            id: `${name}_truncate`,
            tag: name,
            summary: `Deletes all records of ${name}`,
            needs: 'superuser',
            errors: [404],
          }),
        ]
      : []),
  ]
}

const notModified = { 304: { description: 'It is as the client has it.' } }

/** The encodings of a body: JSON, and a form if there are files to send. */
function bodyOf(collection: Collection, audience: Audience, use: 'create' | 'update'): Json {
  const files = writableFields(collection, audience).filter(({ isFile }) => isFile)
  const needsForm = use === 'create' && files.some(({ isRequired }) => isRequired)
  const form = { schema: ref('schemas', schemaName(collection, `${use}Form`)) }
  return {
    ...(needsForm ? {} : json(ref('schemas', schemaName(collection, use)))),
    ...(files.length === 0 ? {} : { 'multipart/form-data': form }),
  }
}

function expandParameter(expansions: readonly Expansion[]): Json[] {
  if (expansions.length === 0) return []
  const keys = expansions.map(({ key }) => `\`${key}\``).join(', ')
  return [
    {
      name: 'expand',
      in: 'query',
      description: `Related records to add, as paths with dots: ${keys}.`,
      schema: { type: 'string' },
    },
  ]
}

/** The rule as it is stored, for superusers only. */
function ruleNote(
  collection: Collection,
  rule: keyof Rules,
  audience: Audience,
): { description?: string } {
  if (audience !== 'superuser') return {}
  const { definition } = collection
  const stored =
    rule === 'auth' || rule === 'manage' || rule === 'mfa' ? null : definition[`${rule}Rule`]
  if (stored === null) return { description: 'Only superusers.' }
  return { description: stored === '' ? 'Everyone.' : `Rule: \`${stored.replaceAll('`', "'")}\`` }
}
