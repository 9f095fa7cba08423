/* Unusual requests and data, in which two servers may differ. */
import { type Scenario, accountPassword, longId } from '../scenario.ts'
import { auth, base, field, open, view } from './collections-of.ts'
import { create, filtered, list, one, update, updateCollection } from './steps.ts'

const rows = base(
  'rows',
  [field('text', 't'), field('email', 'e'), field('url', 'u'), field('json', 'j')],
  open,
)
const path = '/api/collections/rows/records'

const brokenAddresses: Scenario = {
  name: 'odd: a change beside a stored address that is not valid',
  collections: [rows],
  records: { rows: [{ id: longId('a'), t: 'a', e: 'a@example.com', u: 'https://example.com' }] },
  steps: [
    {
      send: 'POST /api/sql?fields=columns,rows',
      json: { query: "UPDATE rows SET e = 'not an address'" },
      gives: 200,
    },
    update('rows', 'a', { t: 'b' }),
    {
      send: 'POST /api/sql?fields=columns,rows',
      json: { query: "UPDATE rows SET e = '', u = 'no url'" },
      gives: 200,
    },
    update('rows', 'a', { t: 'c' }),
    update('rows', 'a', { u: 'no url' }),
    update('rows', 'a', { u: '' }),
    one('rows', 'a', { fields: 't,e,u' }),
  ],
}

const controls: Scenario = {
  name: 'odd: control characters',
  collections: [rows],
  records: { rows: [{ id: longId('a'), t: 'ab' }] },
  steps: [
    ...['\u0000', '\u0001', '\n', '\r', '\u001f', '\u007f', '\u0085', '\u2028'].map(
      (character) => ({
        send: `POST ${path}?fields=t`,
        raw: { type: 'application/json', text: `{"t":"a${character}b"}` },
      }),
    ),
    { send: `POST ${path}?fields=t`, json: { t: 'a\u0000b' } },
    { send: `POST ${path}?fields=t`, form: [['@jsonPayload', '{"t":"a\tb"}']] },
    { send: `POST ${path}?fields=j`, form: [['j', '"a\tb"']] },
    { send: `POST ${path}?fields=j`, form: [['j', '{"a":"\n"}']] },
    { send: `POST ${path}?fields=j`, json: { j: '"a\tb"' } },
    { send: `POST ${path}?fields=j`, raw: { type: 'application/json', text: '{"j":"a\tb"}' } },
    ...filtered('rows', [["t='a\u0000b'"], ["t~'a\u0000'"], ["t='ab'\u0000"], ["t!='a\u0000'"]]),
    list('rows', { sort: 't\u0000' }),
  ],
}

const renamedInRule: Scenario = {
  name: 'odd: another name for a collection that its own rule names',
  collections: [
    base('src', [field('text', 't')], { ...open, listRule: "@collection.src.t ?= 'x'" }),
  ],
  steps: [
    updateCollection('src', { name: 'other' }),
    { send: 'GET /api/collections/src?fields=name,listRule' },
    { send: 'GET /api/collections/other?fields=name,listRule' },
  ],
}

const renamedInView: Scenario = {
  name: 'odd: another name for a collection that a view reads',
  collections: [
    base('plain', [field('text', 't')], open),
    view('looks', 'SELECT id, t FROM plain', { listRule: '' }),
  ],
  records: { plain: [{ id: longId('a'), t: 'x' }] },
  steps: [
    updateCollection('plain', { name: 'plainer' }),
    { send: 'GET /api/collections/looks?fields=name,viewQuery' },
    list('looks'),
  ],
}

const statements: Scenario = {
  name: 'odd: two statements at once',
  steps: [
    { send: 'POST /api/sql?fields=columns,rows', json: { query: 'SELECT 1; SELECT 2' } },
    { send: 'POST /api/sql?fields=columns,rows', json: { query: 'SELECT 1;' } },
    { send: 'POST /api/sql?fields=columns,rows', json: { query: 'SELECT 1;;' } },
    { send: 'POST /api/sql?fields=columns,rows', json: { query: "SELECT ';'" } },
  ],
}

const modifiers: Scenario = {
  name: 'odd: modifiers of fields that do not exist',
  collections: [rows],
  records: { rows: [{ id: longId('a'), t: 'some longer text' }] },
  steps: [
    't:nope',
    't:nope(3)',
    't:excerpt',
    't:excerpt()',
    't:excerpt(x)',
    't:excerpt(4',
    't:',
    ':',
  ].map((fields) => one('rows', 'a', { fields })),
}

const keys: Scenario = {
  name: 'odd: keys in another case',
  collections: [auth('members', []), base('places', [field('geoPoint', 'p')], open)],
  accounts: [
    { name: 'ann', collection: 'members', record: { id: longId('ann'), email: 'ann@example.com' } },
  ],
  steps: [
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password?fields=record.id',
      json: { IDENTITY: 'ann@example.com', Password: accountPassword },
      gives: 200,
    },
    { send: 'PATCH /api/settings?fields=meta.appName', json: { Meta: { APPNAME: 'Other' } } },
    create('places', { id: longId('a'), p: { LON: 5, Lat: 6 } }, 200),
    { send: 'PATCH /api/collections/places?fields=listRule', json: { LISTRULE: null }, gives: 200 },
  ],
}

const trailingText: Scenario = {
  name: 'odd: text after a JSON body',
  collections: [rows],
  steps: [
    ...['{"t":"x"} trailing', '{"t":"first"}{"t":"second"}', '{"t":"x"}}', 'null and more'].map(
      (body) => ({
        send: `POST ${path}?fields=t`,
        raw: { type: 'application/json', text: body },
        gives: 200,
      }),
    ),
    {
      send: 'POST /api/sql?fields=rows',
      raw: { type: 'application/json', text: '{"query":"SELECT 1"} x' },
    },
  ],
}

const goNumbers: Scenario = {
  name: 'odd: numbers in the syntax of Go',
  collections: [base('rows', [field('number', 'n')], open)],
  steps: ['1_000', '1_000.5_5', '0x1p4', '-0x1.8p-1', '0x10', '1__0'].map((n) => ({
    send: `POST ${path}?fields=n`,
    json: { n },
    gives: 200,
  })),
}

const rareDates: Scenario = {
  name: 'odd: dates in rare notations',
  collections: [base('rows', [field('date', 'd')], open)],
  steps: [
    '2024-05-06 07:08:09.999999999 -0700 MST',
    'Monday, 06-May-24 07:08:09 UTC',
    '06 May 24 07:08 UTC',
    '06 May 24 07:08 +0200',
    'Mon May  6 07:08:09 2024',
    'Mon May  6 07:08:09 UTC 2024',
    'Mon May 06 07:08:09 +0200 2024',
    '06 May 2024',
    '3:04PM',
    'May  6 07:08:09',
    '2024-05-06 07:08:09  +0200',
    'Mon, 06 May 2024 07:08:09 MST',
  ].map((d) => ({ send: `POST ${path}?fields=d`, json: { d }, gives: 200 })),
}

const schedules: Scenario = {
  name: 'odd: cron expressions',
  steps: [
    '0 0 * * MON',
    '0 0 * * 7',
    '0 0 L * *',
    ' 0  0 * * *',
    '@Daily',
    '+5 * * * *',
    '5/1 * * * *',
  ].map((cron) => ({
    send: 'PATCH /api/settings?fields=backups.cron',
    json: { backups: { cron } },
  })),
}

const text = (name: string) => ({ name, base64: Buffer.from(name).toString('base64') })
const docs = base('docs', [field('file', 'f'), field('file', 'ff', { maxSelect: 9 })], open)
const docPath = `/api/collections/docs/records/${longId('a')}`

/** 60 by 40, two frames. */
const pictures = {
  animatedWebp:
    'UklGRt4AAABXRUJQVlA4WAoAAAACAAAAOwAAJwAAQU5JTQYAAAD/////AABBTk1GWAAAAAAAAAAAADsAACcAAGQA' +
    'AAJWUDggQAAAAJADAJ0BKjwAKAA/cbjWY7SvKyaiqAKQLglnANH4B3u1PFcthQAA/uC5frhbLMn//ggvxB+oNRqd' +
    'xWq7XxSxAABBTk1GUgAAAAAAAAAAADsAACcAAGQAAABWUDggOgAAADQDAJ0BKjwAKAA/cazHY4IqAALglnANQcr7' +
    'BK3nNvIsXgAA/uuOX//BBfiD9Qa0utIcqWHCpkppAAA=',
}

const oddPictures: Scenario = {
  name: 'odd: thumbnails of a WebP picture that moves',
  collections: [base('docs', [field('file', 'f', { thumbs: ['30x20f', '0x20'] })], open)],
  steps: Object.entries(pictures).flatMap(([kind, base64]) => {
    const id = longId(kind.toLowerCase())
    return [
      {
        send: 'POST /api/collections/docs/records',
        parts: [
          ['id', id],
          ['f', { name: `${kind}.bin`, base64 }],
        ],
        keep: { [kind]: '$.f' },
      },
      ...['30x20f', '0x20', '100x100'].map((thumb) => ({
        send: `GET /api/files/docs/${id}/{{${kind}}}?thumb=${thumb}`,
        isPicture: true,
      })),
    ]
  }),
}

const plusAndPlain: Scenario = {
  name: 'odd: files under a field and its modifiers at once',
  collections: [docs],
  steps: [
    {
      send: 'POST /api/collections/docs/records',
      parts: [
        ['id', longId('a')],
        ['ff', text('one.txt')],
        ['ff+', text('two.txt')],
      ],
      keep: { one: '$.ff[0]' },
    },
    {
      send: `PATCH ${docPath}`,
      parts: [
        ['ff', '{{one}}'],
        ['ff+', text('three.txt')],
      ],
    },
    {
      send: `PATCH ${docPath}`,
      parts: [
        ['ff+', text('four.txt')],
        ['ff', text('five.txt')],
      ],
    },
    {
      send: `PATCH ${docPath}`,
      parts: [
        ['+ff', text('six.txt')],
        ['ff+', text('seven.txt')],
      ],
    },
    {
      send: `PATCH ${docPath}`,
      parts: [
        ['f', text('a.txt')],
        ['f', text('b.txt')],
      ],
    },
    {
      send: `PATCH ${docPath}`,
      parts: [
        ['f', text('a.txt')],
        ['f+', text('b.txt')],
      ],
    },
  ],
}

/** Unusual requests. */
export const oddScenarios: readonly Scenario[] = [
  ...[
    brokenAddresses,
    controls,
    renamedInRule,
    renamedInView,
    statements,
    modifiers,
    keys,
    trailingText,
    goNumbers,
    rareDates,
    schedules,
    oddPictures,
    plusAndPlain,
  ],
]
