import type { Json } from '../client.ts'
import { type Expectation, type Scenario, type Step, longId } from '../scenario.ts'
import { type Body, auth, base, field, open, relation, times } from './collections-of.ts'
import { list, one, refused } from './steps.ts'

const path = '/api/collections'

function batch(requests: Json, gives?: Expectation, as = 'superuser'): Step {
  return {
    as,
    send: 'POST /api/batch',
    json: { requests },
    ...(gives === undefined ? {} : { gives }),
  }
}

const make = (collection: string, body: Json, query = ''): Body => ({
  method: 'POST',
  url: `${path}/${collection}/records${query}`,
  body,
})
const put = (collection: string, body: Json, query = ''): Body => ({
  method: 'PUT',
  url: `${path}/${collection}/records${query}`,
  body,
})
const change = (collection: string, id: string, body: Json, query = ''): Body => ({
  method: 'PATCH',
  url: `${path}/${collection}/records/${longId(id)}${query}`,
  body,
})
const drop = (collection: string, id: string): Body => ({
  method: 'DELETE',
  url: `${path}/${collection}/records/${longId(id)}`,
})

const collections: readonly Body[] = [
  auth('members', [field('text', 'name')], { listRule: '', viewRule: '' }),
  base('teams', [field('text', 'name', { required: true })], {
    ...open,
    indexes: ['CREATE UNIQUE INDEX idx_teams ON teams (name)'],
  }),
  base(
    'posts',
    [
      field('text', 'title', { required: true, max: 10 }),
      field('number', 'n'),
      relation('team', 'teams'),
      relation('must', 'teams', { cascadeDelete: true }),
      ...times,
    ],
    open,
  ),
  base('guarded', [field('text', 't'), relation('owner', 'members')], {
    ...open,
    createRule: "@request.auth.id != '' && owner = @request.auth.id",
    updateRule: 'owner = @request.auth.id',
    deleteRule: 'owner = @request.auth.id && t != "keep"',
  }),
  base('counted', [field('text', 't')], {
    ...open,
    createRule: "@collection.teams.name ?= 'opener'",
  }),
  base('contextual', [field('text', 't')], {
    ...open,
    createRule: "@request.context = 'batch' && @request.method = 'POST'",
    updateRule: "@request.context = 'batch' && @request.method = 'PATCH'",
  }),
]

const accounts = [
  {
    name: 'ann',
    collection: 'members',
    record: { id: longId('ann'), email: 'ann@example.com', name: 'Ann' },
  },
]

const shapes: Scenario = {
  name: 'batch: what is refused as a whole',
  collections,
  accounts,
  steps: [
    {
      send: 'POST /api/batch',
      json: {},
      gives: refused({ requests: 'validation_required' }, 'Invalid batch request data.'),
    },
    batch([], 400),
    batch('x', 400),
    batch([5], 400),
    batch([{}], undefined),
    batch([{ method: 'POST' }], undefined),
    batch([{ url: '/x' }], undefined),
    batch([{ method: 'post', url: `${path}/teams/records`, body: { name: 'lower' } }], undefined),
    batch([{ method: 'FETCH', url: `${path}/teams/records` }], undefined),
    batch([{ method: 'POST', url: `/${'x'.repeat(2000)}` }], undefined),
    batch([{ method: 'GET', url: `${path}/teams/records` }], undefined),
    batch([{ method: 'GET', url: `${path}/teams/records/x` }], undefined),
    batch([{ method: 'POST', url: '/api/health' }], undefined),
    batch(
      [{ method: 'POST', url: `http://127.0.0.1${path}/teams/records`, body: { name: 'abs' } }],
      undefined,
    ),
    batch([{ method: 'POST', url: `${path}/nothing/records`, body: {} }], undefined),
    batch([{ method: 'POST', url: `${path}/teams/records/`, body: { name: 'slash' } }], undefined),
    batch([{ method: 'POST', url: `${path}/TEAMS/records`, body: { name: 'upper' } }], undefined),
    batch(
      [{ method: 'POST', url: `/API/collections/teams/records`, body: { name: 'upper2' } }],
      undefined,
    ),
    batch([{ method: 'DELETE', url: `${path}/teams/records` }], undefined),
    batch([{ method: 'PATCH', url: `${path}/teams/records`, body: {} }], undefined),
    batch([{ method: 'PUT', url: `${path}/teams/records/${longId('a')}`, body: {} }], undefined),
    batch(
      [
        {
          method: 'POST',
          url: `${path}/members/auth-with-password`,
          body: { identity: 'x', password: 'y' },
        },
      ],
      undefined,
    ),
    batch([{ method: 'POST', url: path, body: { name: 'x' } }], undefined),
    batch(
      Array.from({ length: 50 }, (_, i) =>
        make('teams', { id: longId(`t${i + 1}x`), name: `n${i}` }),
      ),
      200,
    ),
    batch(
      Array.from({ length: 51 }, (_, i) => make('teams', { name: `m${i}` })),
      400,
    ),
    {
      send: 'POST /api/batch',
      raw: { type: 'application/json', text: '{"requests":[' },
      gives: 400,
    },
    { send: 'POST /api/batch', raw: { type: 'text/plain', text: 'x' }, gives: 400 },
    { send: 'POST /api/batch', gives: 400 },
    { send: 'GET /api/batch', gives: 404 },
    {
      send: 'POST /api/batch',
      parts: [
        [
          '@jsonPayload',
          JSON.stringify({ requests: [make('teams', { id: longId('part'), name: 'part' })] }),
        ],
      ],
      gives: 200,
    },
    { send: 'POST /api/batch', parts: [['requests', 'x']], gives: 400 },
    {
      send: 'POST /api/batch',
      form: [
        [
          '@jsonPayload',
          JSON.stringify({ requests: [make('teams', { id: longId('form'), name: 'form' })] }),
        ],
      ],
    },
    {
      send: 'POST /api/batch?fields=status',
      json: { requests: [make('teams', { id: longId('fld'), name: 'fld' })] },
    },
    list('teams', { perPage: 1, fields: 'nothing' }),
  ],
}

const working: Scenario = {
  name: 'batch: later requests see earlier ones',
  collections,
  accounts,
  steps: [
    batch(
      [
        make('teams', { id: longId('a'), name: 'A' }),
        make('posts', { id: longId('p'), title: 'x', team: longId('a') }, '?expand=team'),
        change('teams', 'a', { name: 'B' }),
        change('posts', 'p', { 'n+': 2 }, '?expand=team&fields=n,expand.team.name'),
        change('posts', 'p', { 'n+': 3 }),
        drop('posts', 'p'),
      ],
      200,
    ),
    list('posts', {}, { ids: [] }),
    batch(
      [
        put('teams', { id: longId('b'), name: 'first' }),
        put('teams', { id: longId('b'), name: 'second' }),
        put('teams', { name: 'third' }),
        put('teams', { id: '', name: 'fourth' }),
      ],
      200,
    ),
    one('teams', 'b', {}, { values: { '$.name': 'second' } }),
    batch([put('teams', { id: 'short', name: 'x' })], 400),
    batch([put('teams', { id: longId('b'), name: '' })], 400),
    batch([drop('teams', 'b'), make('teams', { id: longId('b'), name: 'again' })], 200),
    batch([drop('teams', 'b'), put('teams', { id: longId('b'), name: 'and again' })], 200),
    batch(
      [
        make('teams', { id: longId('c'), name: 'free' }),
        change('teams', 'c', { name: 'taken' }),
        make('teams', { id: longId('d'), name: 'free' }),
      ],
      200,
    ),
    batch(
      [
        change('teams', 'c', { name: 'swap' }),
        change('teams', 'd', { name: 'taken' }),
        change('teams', 'c', { name: 'free' }),
      ],
      200,
    ),
    batch(
      [
        make('posts', { id: longId('q'), title: 'x', must: longId('c') }),
        drop('teams', 'c'),
        make('teams', { id: longId('e'), name: 'free' }),
      ],
      200,
    ),
    one('posts', 'q', {}, 404),
    batch(
      [
        make('counted', { id: longId('n1'), t: 'early' }),
        make('teams', { id: longId('o'), name: 'opener' }),
      ],
      400,
      'guest',
    ),
    batch(
      [
        make('teams', { id: longId('o'), name: 'opener' }),
        make('counted', { id: longId('n2'), t: 'late' }),
      ],
      200,
      'guest',
    ),
    batch([drop('teams', 'o'), make('counted', { id: longId('n3'), t: 'too late' })], 400, 'guest'),
    batch(
      [
        make('guarded', { id: longId('g1'), t: 'mine', owner: longId('ann') }),
        change('guarded', 'g1', { t: 'still' }),
        drop('guarded', 'g1'),
      ],
      200,
      'ann',
    ),
    batch(
      [
        make('guarded', { id: longId('g2'), t: 'keep', owner: longId('ann') }),
        drop('guarded', 'g2'),
      ],
      400,
      'ann',
    ),
    batch(
      [
        make('guarded', { id: longId('g3'), t: 'x', owner: longId('ann') }),
        change('guarded', 'g3', { owner: '' }),
        change('guarded', 'g3', { t: 'gone' }),
      ],
      400,
      'ann',
    ),
    batch(
      [
        make('contextual', { id: longId('x1') }),
        change('contextual', 'x1', { t: 'y' }),
        put('contextual', { id: longId('x1'), t: 'z' }),
        put('contextual', { id: longId('x2'), t: 'z' }),
      ],
      200,
      'guest',
    ),
    batch(
      [
        make('members', {
          id: longId('new'),
          email: 'new@example.com',
          password: '12345678',
          passwordConfirm: '12345678',
        }),
        change('members', 'new', { name: 'N' }),
        make('guarded', { id: longId('g4'), owner: longId('new') }),
      ],
      200,
    ),
    batch(
      [make('teams', { id: longId('h'), name: 'headed' })].map((each) => ({
        ...each,
        headers: { authorization: 'x', 'x-a': 'b' },
      })),
      200,
    ),
    batch(
      [
        {
          method: 'POST',
          url: `${path}/teams/records`,
          body: { id: longId('i'), name: 'numbers', n: '5' },
          headers: {},
        },
      ],
      200,
    ),
    batch([{ method: 'POST', url: `${path}/teams/records`, body: null }], undefined),
    batch([{ method: 'POST', url: `${path}/teams/records` }], undefined),
    batch([{ method: 'DELETE', url: `${path}/teams/records/${longId('i')}`, body: { a: 1 } }], 200),
    batch(
      [
        make('teams', { id: longId('j'), name: 'j' }, '?fields=id'),
        change('teams', 'j', {}, '?fields=name'),
        change('teams', 'j', { name: 'k' }, '?expand=nothing'),
      ],
      200,
    ),
    list('teams', { sort: 'name', fields: 'id,name' }),
    list('guarded', { sort: 'id' }),
  ],
}

const good = (id: string): Body => make('teams', { id: longId(id), name: id })
const failures: readonly (readonly [name: string, request: Body])[] = [
  ['validation', make('posts', { title: 'far too long for this' })],
  ['required', make('posts', {})],
  ['relation', make('posts', { title: 'x', team: 'missing' })],
  ['unique', make('teams', { name: 'taken' })],
  ['rule', make('guarded', { owner: longId('ann') })],
  ['missing to update', change('teams', 'zz', { name: 'x' })],
  ['missing to delete', drop('teams', 'zz')],
  ['rule on update', change('guarded', 'gg', { t: 'x' })],
  ['rule on delete', drop('guarded', 'gg')],
  ['unknown collection', make('nothing', {})],
  ['id taken', make('teams', { id: longId('tk'), name: 'x' })],
  ['invalid update', change('teams', 'tk', { name: '' })],
]

const positions: Scenario = {
  name: 'batch: a failure at any position undoes all',
  collections,
  accounts,
  records: {
    teams: [{ id: longId('tk'), name: 'taken' }],
    guarded: [{ id: longId('gg'), t: 'x', owner: longId('ann') }],
  },
  steps: failures.flatMap(([, bad]) => [
    batch([bad, good('s1x'), good('s2x')], 400, 'guest'),
    batch([good('s1x'), bad, good('s2x')], 400, 'guest'),
    batch([good('s1x'), good('s2x'), bad], 400, 'guest'),
    batch([good('s1x'), bad, bad], 400, 'guest'),
    list('teams', { sort: 'id' }, { ids: ['tk'] }),
  ]),
}

const noAction: Scenario = {
  name: 'batch: what is no write of a record, after one that is',
  collections,
  steps: [
    batch([good('s1x'), { method: 'GET', url: `${path}/teams/records` }], 400),
    batch([good('s1x'), { method: 'POST', url: '/api/health' }, good('s2x')], 400),
    list('teams', {}, { ids: [] }),
  ],
}

const effects: Scenario = {
  name: 'batch: what earlier requests did by cascade',
  collections: [
    ...collections,
    base('notes', [relation('post', 'posts', { cascadeDelete: true })], open),
  ],
  accounts,
  records: {
    teams: [
      { id: longId('t1'), name: 'one' },
      { id: longId('t2'), name: 'two' },
    ],
    posts: [{ id: longId('p1'), title: 'p1', must: longId('t1') }],
    notes: [{ id: longId('n1'), post: longId('p1') }],
  },
  steps: [
    batch([drop('teams', 't1'), put('posts', { id: longId('p1'), title: 'back' })], 200),
    batch(
      [
        make('teams', { id: longId('t3'), name: 'three' }),
        put('posts', { id: longId('p1'), title: 'p1', must: longId('t3') }),
        put('notes', { id: longId('n1'), post: longId('p1') }),
        drop('teams', 't3'),
        put('notes', { id: longId('n1') }),
        put('posts', { id: longId('p1'), title: 'p2', must: longId('t2') }),
      ],
      200,
    ),
    batch(
      [
        change('posts', 'p1', { must: '' }),
        drop('teams', 't2'),
        put('posts', { id: longId('p1'), title: 'kept' }),
      ],
      200,
    ),
    batch([drop('posts', 'p1'), put('posts', { id: longId('p1'), title: '' })], 400),
    batch([drop('posts', 'p1'), put('posts', { id: longId('p1'), team: 'missing' })], 400),
    list('posts'),
  ],
}

const turnedOff: Scenario = {
  name: 'batch: turned off and limited',
  collections,
  steps: [
    { send: 'PATCH /api/settings', json: { batch: { maxRequests: 2 } }, gives: 200 },
    batch([good('a'), good('b')], 200, 'guest'),
    batch([good('c'), good('d'), good('e')], 400, 'guest'),
    { send: 'PATCH /api/settings', json: { batch: { maxBodySize: 100 } }, gives: 200 },
    batch([good('f')], 413, 'guest'),
    { send: 'PATCH /api/settings', json: { batch: { enabled: false } }, gives: 200 },
    batch([good('f')], { status: 403, message: 'Batch requests are not allowed.' }, 'guest'),
    batch([good('f')], 403),
    { send: 'POST /api/batch', raw: { type: 'application/json', text: '{' }, gives: 403 },
  ],
}

/** Many writes at once. */
export const batchScenarios: readonly Scenario[] = [
  shapes,
  working,
  positions,
  noAction,
  effects,
  turnedOff,
]
