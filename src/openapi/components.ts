import type { Json } from './json.ts'
import { errorResponses } from './operation.ts'

/** The schema of every error. */
const errorSchema: Json = {
  type: 'object',
  properties: {
    status: { type: 'integer' },
    message: { type: 'string' },
    data: {
      type: 'object',
      description: 'The issue of each field: its `code` and `message`, nested like the body.',
    },
  },
  required: ['status', 'message', 'data'],
}

/** A page of a list whose items have this schema. */
export function pageOf(items: Json): Json {
  const count = { type: 'integer', minimum: -1 }
  return {
    type: 'object',
    properties: {
      page: { type: 'integer', minimum: 1 },
      perPage: { type: 'integer', minimum: 1 },
      totalItems: { ...count, description: '-1 with `skipTotal`.' },
      totalPages: { ...count, description: '-1 with `skipTotal`.' },
      items: { type: 'array', items },
    },
    required: ['page', 'perPage', 'totalItems', 'totalPages', 'items'],
  }
}

function query(name: string, description: string, schema: Json): Json {
  return { name, in: 'query', description, schema }
}

function header(name: string, description: string): Json {
  return { name, in: 'header', description, schema: { type: 'string' } }
}

/** The parameters of the query and the header, which operations refer to. */
const parameters = {
  page: query('page', 'The page, from 1.', { type: 'integer', minimum: 1, default: 1 }),
  perPage: query('perPage', 'The number of items of a page.', {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 30,
  }),
  sort: query('sort', 'Fields in order of precedence, `-` for descending: `-created,title`.', {
    type: 'string',
  }),
  filter: query('filter', "A condition on the items: `title ~ 'a' && created > '2026-01-01'`.", {
    type: 'string',
  }),
  skipTotal: query('skipTotal', 'Leaves out the totals, which is faster.', {
    type: 'boolean',
    default: false,
  }),
  ifNoneMatch: header('If-None-Match', 'The ETag of the response that the client has.'),
  ifMatch: header('If-Match', 'The ETag of the record that the client has seen.'),
  ifNew: header('If-None-Match', '`*` if there must be no record with the id yet.'),
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A random text, the same for each attempt: the write happens once.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
  fields: query('fields', 'The members of the response, which has all by default: `id,title`.', {
    type: 'string',
  }),
}

/** The components that do not depend on the collections. */
export function sharedComponents(): { readonly responses: Json; readonly parameters: Json } {
  const responses = Object.values(errorResponses).map(([name, description]) => [
    name,
    {
      description,
      ...(name === 'TooManyRequests' || name === 'Unavailable' ? retryAfter : {}),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  ])
  return { responses: Object.fromEntries(responses) as Json, parameters }
}

const retryAfter = {
  headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
}

/** The schemas that do not depend on the collections. */
export const sharedSchemas: readonly (readonly [string, Json])[] = [['Error', errorSchema]]
