import { type Scenario, longId } from '../scenario.ts'
import { type Body, auth, base, field, open, relation, times, view } from './collections-of.ts'
import {
  create,
  createCollection,
  filtered,
  list,
  one,
  refused,
  remove,
  update,
  updateCollection,
} from './steps.ts'

const sources: readonly Body[] = [
  auth('people', [field('text', 'name')], { listRule: '', viewRule: '' }),
  base('shops', [field('text', 'name'), field('geoPoint', 'at')], open),
  base(
    'sales',
    [
      field('text', 't', { max: 50, required: true }),
      field('editor', 'e'),
      field('number', 'n', { onlyInt: true }),
      field('bool', 'b'),
      field('email', 'mail'),
      field('url', 'link'),
      field('date', 'd'),
      field('json', 'j'),
      field('select', 's', { values: ['x', 'y'] }),
      field('select', 'ss', { values: ['x', 'y'], maxSelect: 2 }),
      field('geoPoint', 'p'),
      relation('shop', 'shops'),
      relation('shops', 'shops', { maxSelect: 3 }),
      field('text', 'secret', { hidden: true }),
      ...times,
    ],
    open,
  ),
]

const records: Readonly<Record<string, readonly Body[]>> = {
  shops: [
    { id: longId('sa'), name: 'A', at: { lon: 1, lat: 2 } },
    { id: longId('sb'), name: 'B' },
  ],
  sales: [
    {
      id: longId('a'),
      t: 'first',
      e: '<p>x</p>',
      n: 3,
      b: true,
      mail: 'a@b.co',
      link: 'https://a.bc',
      d: '2024-01-02',
      j: { k: [1] },
      s: 'x',
      ss: ['x', 'y'],
      p: { lon: 3, lat: 4 },
      shop: longId('sa'),
      shops: ['sa', 'sb'].map(longId),
      secret: 'hush',
    },
    { id: longId('b'), t: 'second', n: 5, shop: longId('sa'), j: 'text' },
    { id: longId('c'), t: 'third', n: -1, shop: longId('sb'), j: 12 },
  ],
}

/** Queries, each made a view and then listed. */
const queries: readonly (readonly [query: string, status?: number])[] = [
  [
    'SELECT id, t, e, n, b, mail, link, d, j, s, ss, p, shop, shops, secret, created, updated FROM sales',
    200,
  ],
  ['SELECT id, t as title, n as "number" FROM sales', 200],
  ['SELECT s.id, s.t, shops.name FROM sales s LEFT JOIN shops ON shops.id = s.shop', 200],
  [
    'SELECT s.id AS id, x.id AS shop_id, x.name AS shop_name FROM sales AS s INNER JOIN shops AS x ON x.id = s.shop',
    200,
  ],
  [
    'SELECT (ROW_NUMBER() OVER()) as id, count(id) as total, sum(n) as summed, avg(n) as average, min(n) lowest, max(t) highest FROM sales GROUP BY shop',
    200,
  ],
  ['SELECT shop as id, COUNT(*) as c, total(n) as t FROM sales GROUP BY shop', 200],
  [
    'SELECT id, cast(n as int) as a, CAST(n AS INTEGER) as b, cast(n as real) as c, cast(n as decimal) as d, cast(n as numeric) as e, cast(n as text) as f, cast(b as bool) as g, cast(b as boolean) as h, cast(t as blob) as i FROM sales',
    200,
  ],
  [
    "SELECT id, 5 as five, 'x' as x, 1.5 as onehalf, null as nothing, true as yes FROM sales",
    undefined,
  ],
  [
    "SELECT id, (n + 1) as more, (t || '!') as loud, upper(t) as big, json_extract(j, '$.k') as k, (n > 0) as positive FROM sales",
    200,
  ],
  [
    "SELECT id, (CASE WHEN n > 0 THEN 'plus' ELSE 'minus' END) as sign, coalesce(t, '') as c, ifnull(d, '') as i FROM sales",
    200,
  ],
  ['SELECT id, (SELECT name FROM shops WHERE shops.id = sales.shop) as shop_name FROM sales', 200],
  ['SELECT id, t FROM sales WHERE n > 0 ORDER BY n DESC LIMIT 1', 200],
  ['/* a */ SELECT id, t /* b */ FROM sales', undefined],
  ['  SELECT id, t FROM sales ;  ', 200],
  ['SELECT DISTINCT id, t FROM sales', undefined],
  ['WITH x AS (SELECT id, t FROM sales) SELECT id, t FROM x', undefined],
  ['SELECT x.id, x.t FROM (SELECT id, t FROM sales) x', undefined],
  [
    'SELECT people.id, people.email, people.name, people.verified, people.emailVisibility FROM people',
    200,
  ],
  ['SELECT people.id, people.password, people.tokenKey FROM people', undefined],
  ['select sales.id as id,sales.`t`,[sales].[n],"sales"."b" from `sales`', undefined],
  ['SELECT id, t, t as again FROM sales', undefined],
  ["SELECT id, date(d) as day, strftime('%Y', d) as year FROM sales", undefined],
  [
    'SELECT sales.id, shops.id as shop, sales.shop as same FROM sales, shops WHERE shops.id = sales.shop',
    200,
  ],
  ['SELECT id, COUNT(id) FROM sales', undefined],
  ['SELECT n as id, t FROM sales', undefined],
  ['SELECT n as id, t FROM sales WHERE n > 0', undefined],
  ['SELECT * FROM sales', 400],
  ['SELECT sales.* FROM sales', 400],
  ['SELECT t FROM sales', 400],
  ['SELECT id FROM sales; DROP TABLE sales', 400],
  ['SELECT shop as id, t FROM sales', 400],
  ["SELECT '' as id, t FROM sales", 400],
  ['DELETE FROM sales', 400],
  ['SELECT id FROM nothing', 400],
  ['SELECT id, nothing FROM sales', 400],
  ['', 400],
  ['   ', 400],
  ['SELECT', 400],
  ['SELECT id, t as "a b" FROM sales', 400],
  ['SELECT id, t as a_via_b FROM sales', undefined],
  ['SELECT id, t as expand FROM sales', undefined],
]

/** Queries that PocketBase's parser cannot read, or that end in what hides the parenthesis it adds. */
const unreadable = [
  'SELECT id, t FROM sales -- a comment',
  'SELECT id, t FROM sales UNION ALL SELECT id, name FROM shops',
  'SELECT id, n + 1 as more FROM sales',
]

const definitions: Scenario = {
  name: 'views: fields out of a query',
  collections: sources,
  records,
  steps: queries.flatMap(([viewQuery, status], i) => [
    createCollection(view(`view${i}x`, viewQuery, { listRule: '', viewRule: '' }), status),
    { ...list(`view${i}x`, { sort: 'id' }), as: 'guest' },
    list(`view${i}x`, { sort: '-id', fields: 'id' }),
  ]),
}

const readable: Scenario = {
  name: 'views: queries that only Arete reads',
  collections: sources,
  records,
  steps: unreadable.flatMap((viewQuery, i) => [
    { send: 'POST /api/collections/meta/dry-run-view', json: { query: viewQuery }, gives: 400 },
    createCollection(view(`wide${i}x`, viewQuery, { listRule: '' }), 400),
    list(`wide${i}x`, { sort: 'id' }, 404),
  ]),
}

const renamedColumn: Scenario = {
  name: 'views: a column they read gets another name',
  collections: [
    base('src', [field('text', 't', { id: 'keep1' })], open),
    view('looks', 'SELECT id, t FROM src', { listRule: '' }),
  ],
  records: { src: [{ id: longId('a'), t: 'x' }] },
  steps: [
    updateCollection('src', { fields: [field('text', 'other', { id: 'keep1' })] }, 200),
    list('looks', {}, { values: { '$.items[0].t': '' } }),
  ],
}

const reading: Scenario = {
  name: 'views: reading records',
  collections: [
    ...sources,
    view(
      'looks',
      'SELECT s.id, s.t, s.n, s.j, s.d, s.b, s.ss, s.p, s.shop, s.secret, x.name as shop_name, (s.n * 2) as doubled, x.id as shop_id FROM sales s LEFT JOIN shops x ON x.id = s.shop',
      { listRule: '', viewRule: 'n > 0' },
    ),
    view(
      'counts',
      'SELECT shop as id, count(id) as total, sum(n) as summed FROM sales GROUP BY shop',
      { listRule: '@request.auth.id != ""' },
    ),
  ],
  records,
  steps: [
    ...['guest', 'superuser'].flatMap((as) => [
      list('looks', { sort: 'id' }, 200, as),
      one('looks', 'a', { expand: 'shop,shop_id' }, 200, as),
      one('looks', 'c', {}, undefined, as),
      list('looks', { expand: 'shop.sales_via_shop', sort: 'id' }, 200, as),
      list('counts', { sort: 'id' }, 200, as),
      ...filtered(
        'looks',
        [
          ['n > 1', ['a', 'b']],
          ['doubled > 6', ['b']],
          ['doubled = 6', undefined],
          ["shop_name = 'A'", ['a', 'b']],
          ["shop.name = 'B'", ['c']],
          ["shop_id.name = 'B'", ['c']],
          ['j.k.0 = 1', ['a']],
          ["j = 'text'", ['b']],
          ["ss:each ?= 'x'", ['a']],
          ['p.lon = 3', ['a']],
          ["secret = 'hush'", as === 'guest' ? 400 : ['a']],
          ["shop.sales_via_shop.t ?= 'first'", ['a', 'b']],
        ],
        as,
      ),
      create('looks', { t: 'x' }, { status: 400, message: 'Unsupported collection type.' }, as),
      update('looks', 'a', { t: 'x' }, 400, as),
      remove('looks', 'a', 400, as),
      { ...create('counts', {}, 400), as },
    ]),
    update('sales', 'a', { n: 100 }, 200),
    one('looks', 'a', {}, { values: { '$.n': 100 } }),
    one('counts', 'sa', {}, { values: { '$.total': 2 } }),
    list('counts', { filter: 'total > 1' }, { ids: ['sa'] }),
    list('looks', { sort: '-doubled', perPage: 1 }, 200),
  ],
}

const upkeep: Scenario = {
  name: 'views: when what they show changes',
  collections: [
    base('src', [field('text', 't', { id: 'keep1' }), field('number', 'n', { id: 'keep2' })], open),
    view('looks', 'SELECT id, t, n FROM src', { listRule: '' }),
  ],
  records: { src: [{ id: longId('a'), t: 'x', n: 1 }] },
  steps: [
    updateCollection(
      'src',
      {
        fields: [
          field('text', 't', { id: 'keep1', max: 77, hidden: true }),
          field('number', 'n', { id: 'keep2' }),
          field('bool', 'more'),
        ],
      },
      200,
    ),
    { send: 'GET /api/collections/looks', gives: 200 },
    list('looks', {}, 200, 'guest'),
    updateCollection(
      'src',
      { fields: [field('text', 't', { id: 'keep1' }), field('bool', 'more')] },
      undefined,
    ),
    { send: 'GET /api/collections/looks', gives: 200 },
    list('looks'),
    updateCollection('src', { name: 'source' }, undefined),
    list('looks'),
    updateCollection('looks', { viewQuery: 'SELECT id, more FROM source' }, undefined),
    list('looks'),
    updateCollection('looks', { viewQuery: 'SELECT id, more FROM src' }, undefined),
    list('looks'),
    updateCollection('looks', { createRule: '' }, refused({ createRule: 'validation_nil' })),
    updateCollection(
      'looks',
      { updateRule: '', deleteRule: '' },
      refused({ updateRule: 'validation_nil', deleteRule: 'validation_nil' }),
    ),
    updateCollection(
      'looks',
      { indexes: ['CREATE INDEX idx_x ON looks (id)'] },
      refused({ indexes: 'validation_indexes_not_supported' }),
    ),
    updateCollection('looks', { viewQuery: '' }, refused({ viewQuery: 'validation_required' })),
    updateCollection('looks', { listRule: 'more = true' }, 200),
    updateCollection(
      'looks',
      { listRule: 'nothing = true' },
      refused({ listRule: 'validation_invalid_rule' }),
    ),
    updateCollection('looks', { fields: [field('text', 'sent')] }, 200),
    updateCollection('looks', { name: 'sights' }, 200),
    list('sights', {}, 200),
    createCollection(view('onview', 'SELECT id, more FROM sights', { listRule: '' }), 200),
    list('onview', {}, 200),
    createCollection(
      { ...base('toview', [field('relation', 'v', { collectionId: longId('looks') })]) },
      400,
    ),
  ],
}

/** View collections. */
export const viewScenarios: readonly Scenario[] = [
  definitions,
  readable,
  renamedColumn,
  reading,
  upkeep,
]
