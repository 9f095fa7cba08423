import type { Json } from '../client.ts'
import { longId, type Scenario, type Step } from '../scenario.ts'

const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }
const posts = '/api/collections/rt_posts/records'
const comments = '/api/collections/rt_comments/records'
const users = 'rt_users'

/** Opens a stream with subscriptions. */
function listen(name: string, subscriptions: readonly string[], as = 'guest'): Step {
  return {
    opens: name,
    as,
    send: 'POST /api/realtime',
    json: { clientId: `{{${name}}}`, subscriptions: [...subscriptions] },
    gives: 204,
  }
}

function withOptions(topic: string, options: Json): string {
  return `${topic}?options=${encodeURIComponent(JSON.stringify(options))}`
}

const collections: Scenario['collections'] = [
  {
    name: users,
    type: 'auth',
    ...open,
    manageRule: "@request.auth.name = 'boss'",
    fields: [{ type: 'text', name: 'name' }],
  },
  {
    name: 'rt_posts',
    type: 'base',
    ...open,
    listRule: "owner = '' || owner = @request.auth.id",
    viewRule: "title != 'private' || @request.auth.id != ''",
    fields: [
      { type: 'text', name: 'title' },
      { type: 'number', name: 'rank' },
      { type: 'text', name: 'secret', hidden: true },
      { type: 'text', name: 'owner' },
    ],
  },
]

const accounts: Scenario['accounts'] = [
  { name: 'ann', collection: users, record: { id: longId('ann'), email: 'ann@example.com' } },
  { name: 'bob', collection: users, record: { id: longId('bob'), email: 'bob@example.com' } },
  {
    name: 'boss',
    collection: users,
    record: { id: longId('boss'), email: 'boss@example.com', name: 'boss' },
  },
]

const refusals: Scenario = {
  name: 'realtime: subscriptions that are refused',
  collections,
  accounts,
  steps: [
    { as: 'guest', send: 'POST /api/realtime', json: {}, gives: 400 },
    { as: 'guest', send: 'POST /api/realtime', json: { clientId: 'x' }, gives: 404 },
    { as: 'guest', send: 'POST /api/realtime', json: { clientId: 'x'.repeat(256) }, gives: 400 },
    {
      as: 'guest',
      send: 'POST /api/realtime',
      json: { clientId: 'x', subscriptions: ['a', 'x'.repeat(2501)] },
      gives: 400,
    },
    {
      as: 'guest',
      send: 'POST /api/realtime',
      json: { clientId: 'x', subscriptions: Array.from({ length: 1001 }, () => 'a') },
      gives: 400,
    },
    {
      as: 'guest',
      send: 'POST /api/realtime',
      raw: { type: 'application/json', text: '{' },
      gives: 400,
    },
    listen('one', ['rt_posts/*']),
    { as: 'ann', send: 'POST /api/realtime', json: { clientId: '{{one}}' }, gives: 204 },
    { as: 'bob', send: 'POST /api/realtime', json: { clientId: '{{one}}' }, gives: 403 },
    { as: 'guest', send: 'POST /api/realtime', json: { clientId: '{{one}}' }, gives: 403 },
    {
      as: 'ann',
      send: 'POST /api/realtime',
      form: [
        ['clientId', '{{one}}'],
        ['subscriptions', 'rt_posts/*'],
        ['subscriptions', 'rt_posts/x'],
      ],
      gives: 204,
    },
    {
      closes: 'one',
      as: 'ann',
      send: 'POST /api/realtime',
      json: { clientId: '{{one}}', subscriptions: ['rt_posts/*'] },
      gives: { status: 404, message: 'Missing or invalid client id.' },
    },
    ...['00', 'a'.repeat(40), '0'.repeat(40), `zz${'a'.repeat(38)}`, '../x'].map(
      (clientId): Step => ({
        as: 'guest',
        send: 'POST /api/realtime',
        json: { clientId },
        gives: 404,
      }),
    ),
  ],
}

const rules: Scenario = {
  name: 'realtime: who hears of records',
  collections,
  accounts,
  steps: [
    listen('guest', ['rt_posts/*']),
    listen('ann', ['rt_posts/*'], 'ann'),
    listen('root', ['rt_posts/*'], 'superuser'),
    listen('old', ['rt_posts']),
    listen('one', [`rt_posts/${longId('p')}`]),
    listen('case', ['RT_POSTS/*']),
    {
      send: `POST ${posts}`,
      json: { id: longId('p'), title: 'a', rank: 1, secret: 'x' },
      hears: { guest: 1, ann: 1, root: 1, old: 1, one: 1, case: 0 },
    },
    {
      send: `PATCH ${posts}/${longId('p')}`,
      json: { owner: longId('ann') },
      hears: { guest: 0, ann: 1, root: 1, one: 1 },
    },
    {
      send: `PATCH ${posts}/${longId('p')}`,
      json: { title: 'private' },
      hears: { guest: 0, ann: 1, root: 1, one: 0 },
    },
    {
      send: `PATCH ${posts}/${longId('p')}`,
      json: { title: 'b', 'rank+': 5, owner: '' },
      hears: { guest: 1, ann: 1, root: 1, one: 1 },
    },
    { send: `PATCH ${posts}/missing`, json: {}, gives: 404, hears: { root: 0 } },
    { send: `DELETE ${posts}/${longId('p')}`, hears: { guest: 1, ann: 1, root: 1, one: 1 } },
  ],
}

const options: Scenario = {
  name: 'realtime: options of subscriptions',
  collections: [
    ...collections,
    {
      name: 'rt_tags',
      type: 'base',
      ...open,
      listRule: "@request.query.key = 'open' || @request.headers.x_key = 'open'",
      fields: [{ type: 'text', name: 'name' }],
    },
    {
      name: 'rt_tagged',
      type: 'base',
      ...open,
      fields: [
        { type: 'number', name: 'n' },
        { type: 'text', name: 'secret', hidden: true },
      ],
    },
  ],
  accounts,
  steps: [
    listen('filter', [withOptions('rt_tagged/*', { query: { filter: 'n > 5' } })]),
    listen('fields', [withOptions('rt_tagged/*', { query: { fields: 'n,collectionName' } })]),
    listen('badFields', [withOptions('rt_tagged/*', { query: { fields: 'n:what(1' } })]),
    listen('hidden', [withOptions('rt_tagged/*', { query: { filter: "secret = 'x'" } })]),
    listen('broken', [withOptions('rt_tagged/*', { query: { filter: 'n >' } })]),
    listen(
      'rootHidden',
      [withOptions('rt_tagged/*', { query: { filter: "secret = 'x'" } })],
      'superuser',
    ),
    listen('query', [withOptions('rt_tags/*', { query: { key: 'open' } })]),
    listen('header', [withOptions('rt_tags/*', { headers: { 'X-Key': 'open' } })]),
    listen('none', ['rt_tags/*']),
    {
      send: 'POST /api/collections/rt_tagged/records',
      json: { n: 1, secret: 'x' },
      hears: { filter: 0, fields: 1, hidden: 0, broken: 0, rootHidden: 0 },
    },
    {
      send: 'POST /api/collections/rt_tagged/records',
      json: { n: 9 },
      hears: { filter: 1, fields: 1 },
    },
    {
      send: 'POST /api/collections/rt_tags/records',
      json: { name: 'x' },
      hears: { query: 1, header: 1, none: 0 },
    },
  ],
}

const accountsOf: Scenario = {
  name: 'realtime: accounts, and what is seen of them',
  collections,
  accounts,
  steps: [
    listen('guest', [`${users}/*`]),
    listen('ann', [`${users}/*`], 'ann'),
    listen('boss', [`${users}/*`], 'boss'),
    listen('root', [`${users}/*`], 'superuser'),
    {
      send: `PATCH /api/collections/${users}/records/${longId('bob')}`,
      json: { name: 'b' },
      hears: { guest: 1, ann: 1, boss: 1, root: 1 },
    },
    {
      send: `PATCH /api/collections/${users}/records/${longId('ann')}`,
      json: { name: 'a' },
      hears: { guest: 1, ann: 1, boss: 1 },
    },
    {
      send: `PATCH /api/collections/${users}/records/${longId('bob')}`,
      json: { emailVisibility: true },
      hears: { guest: 1, ann: 1, boss: 1 },
    },
  ],
}

const cascades: Scenario = {
  name: 'realtime: what a removal takes along',
  collections: [
    { name: 'rt_owners', type: 'base', ...open, fields: [{ type: 'text', name: 'title' }] },
  ],
  steps: [
    {
      send: 'GET /api/collections/rt_owners',
      keep: { owners: '$.id' },
    },
    {
      send: 'POST /api/collections',
      json: {
        name: 'rt_comments',
        type: 'base',
        ...open,
        listRule: "owner.title = 'open'",
        fields: [
          { type: 'text', name: 'text' },
          {
            type: 'relation',
            name: 'owner',
            collectionId: '{{owners}}',
            cascadeDelete: true,
            maxSelect: 1,
          },
        ],
      },
      gives: 200,
    },
    {
      send: 'POST /api/collections',
      json: {
        name: 'rt_links',
        type: 'base',
        ...open,
        fields: [
          { type: 'text', name: 'text' },
          { type: 'relation', name: 'owners', collectionId: '{{owners}}', maxSelect: 5 },
        ],
      },
      gives: 200,
    },
    { send: 'POST /api/collections/rt_owners/records', json: { id: longId('o'), title: 'open' } },
    { send: 'POST /api/collections/rt_owners/records', json: { id: longId('q'), title: 'shut' } },
    { send: `POST ${comments}`, json: { id: longId('c'), text: 'c', owner: longId('o') } },
    { send: `POST ${comments}`, json: { id: longId('d'), text: 'd', owner: longId('q') } },
    {
      send: 'POST /api/collections/rt_links/records',
      json: { id: longId('l'), text: 'l', owners: [longId('o'), longId('q')] },
    },
    listen('owners', ['rt_owners/*']),
    listen('comments', ['rt_comments/*']),
    listen('links', ['rt_links/*']),
    {
      send: `DELETE /api/collections/rt_owners/records/${longId('o')}`,
      hears: { owners: 1, comments: 1, links: 1 },
    },
    {
      send: `DELETE /api/collections/rt_owners/records/${longId('q')}`,
      hears: { owners: 1, comments: 0, links: 1 },
    },
    {
      send: 'POST /api/collections/rt_owners/records',
      json: { id: longId('r'), title: 'r' },
      hears: { owners: 1 },
    },
    {
      send: 'POST /api/collections/rt_owners/records',
      json: { id: longId('s'), title: 's' },
      hears: { owners: 1 },
    },
    { send: 'DELETE /api/collections/rt_owners/truncate', hears: { owners: 2 } },
  ],
}

const both = '/api/collections/rt_both/records'

/** PocketBase writes messages to the stream concurrently, so their order varies slightly. */
const order: Scenario = {
  name: 'realtime: the messages about a deletion',
  collections: [
    { name: 'rt_roots', type: 'base', ...open, fields: [{ type: 'text', name: 'title' }] },
  ],
  steps: [
    { send: 'GET /api/collections/rt_roots', keep: { roots: '$.id' } },
    {
      send: 'POST /api/collections',
      json: {
        name: 'rt_both',
        type: 'base',
        ...open,
        fields: [
          { type: 'relation', name: 'rel', collectionId: '{{roots}}', maxSelect: 1 },
          { type: 'relation', name: 'list', collectionId: '{{roots}}', maxSelect: 5 },
          {
            type: 'relation',
            name: 'own',
            collectionId: '{{roots}}',
            cascadeDelete: true,
            maxSelect: 1,
          },
        ],
      },
      gives: 200,
    },
    { send: 'POST /api/collections/rt_roots/records', json: { id: longId('a') } },
    { send: 'POST /api/collections/rt_roots/records', json: { id: longId('b') } },
    { send: `POST ${both}`, json: { id: longId('c'), rel: longId('a') } },
    { send: `POST ${both}`, json: { id: longId('d'), rel: longId('a'), own: longId('a') } },
    { send: `POST ${both}`, json: { id: longId('e'), list: [longId('b'), longId('a')] } },
    listen('all', ['rt_roots/*', 'rt_both/*']),
    {
      send: `DELETE /api/collections/rt_roots/records/${longId('a')}`,
      gives: 204,
      isUnordered: true,
      hears: { all: 5 },
    },
  ],
}

const batches: Scenario = {
  name: 'realtime: batches',
  collections,
  steps: [
    { send: 'PATCH /api/settings', json: { batch: { enabled: true } } },
    listen('all', ['rt_posts/*']),
    {
      send: 'POST /api/batch',
      json: {
        requests: [
          { method: 'POST', url: posts, body: { id: longId('a'), title: 'a' } },
          { method: 'PATCH', url: `${posts}/${longId('a')}`, body: { title: 'b' } },
          { method: 'PUT', url: posts, body: { id: longId('c'), title: 'c' } },
          { method: 'DELETE', url: `${posts}/${longId('a')}` },
        ],
      },
      gives: 200,
      // PocketBase sends no event for a record that is deleted by the end of the batch.
      hears: { all: 1 },
    },
    {
      send: 'POST /api/batch',
      json: {
        requests: [
          { method: 'POST', url: posts, body: { title: 'lost' } },
          { method: 'DELETE', url: `${posts}/missing` },
        ],
      },
      gives: 400,
      hears: { all: 0 },
    },
  ],
}

/** Realtime: the same changes, the same messages in the same order. */
export const realtimeScenarios: readonly Scenario[] = [
  refusals,
  rules,
  options,
  accountsOf,
  cascades,
  order,
  batches,
]
