import { pictures } from '../../support/pictures.ts'
import type { FilePart, FormPart } from '../request.ts'
import { type Expectation, longId, type Scenario, type Step } from '../scenario.ts'
import { auth, base, field, open, view } from './collections-of.ts'
import { create, list, one, refused, remove } from './steps.ts'

type Parts = readonly (FormPart | FilePart)[]

/** A file in a form; a text is its content in UTF-8. */
function file(
  part: string,
  name: string,
  content: string | Uint8Array = `content of ${name}`,
): FilePart {
  return [part, { name, base64: Buffer.from(content).toString('base64') }]
}

/** Sends a form. */
function form(send: string, parts: Parts, gives?: Expectation, more: Partial<Step> = {}): Step {
  return { send, parts, ...(gives === undefined ? {} : { gives }), ...more }
}

const docs = '/api/collections/docs/records'

/** Creates a document of a short id with these parts. */
function upload(id: string, parts: Parts, gives?: Expectation, more: Partial<Step> = {}): Step {
  return form(`POST ${docs}`, [['id', longId(id)], ...parts], gives, more)
}

function change(id: string, parts: Parts, gives?: Expectation, more: Partial<Step> = {}): Step {
  return form(`PATCH ${docs}/${longId(id)}`, parts, gives, more)
}

function get(path: string, gives?: Expectation, more: Partial<Step> = {}): Step {
  return {
    as: 'guest',
    send: `GET /api/files/${path}`,
    ...(gives === undefined ? {} : { gives }),
    ...more,
  }
}

const documents = base('docs', [field('file', 'f'), field('file', 'ff', { maxSelect: 3 })], open)

const noType = Uint8Array.from([0, 1, 2, 3, 250, 251, 252])

const names: Scenario = {
  name: 'files: names',
  collections: [documents],
  steps: [
    ...[
      'Test Image.png',
      'archive.tar.gz',
      'a.png',
      'myTestDB.txt',
      '日本.jpg',
      '.env',
      'A B__c-D.e f.png',
      'my.photo.v1.png',
      'UPPER.PNG',
      'x.averyveryverylongextensionname',
      'abc.exactlynineteenchar',
      'abc.exactlytwentychars20',
      'abc.exactlyeighteench',
      'HTTPServer2.txt',
      'already_snake_case.txt',
      'ends..',
      'two..dots.txt',
      '..txt',
      'quote%22d name.txt',
      "it's (1) [copy] {x}.txt",
      'plus+minus-equals=hash#star*.t+x=t#*',
      'äöü ÄÖÜ.txt',
      '.hidden.tar.gz',
      `${'long'.repeat(40)}.txt`,
      `${'x'.repeat(400)}.txt`,
      `${'日'.repeat(120)}.txt`,
      'ab.txt',
      '_a_.txt',
      'AbC.Txt',
    ].map((name) => form(`POST ${docs}`, [file('f', name)], 200)),
    form(`POST ${docs}`, [file('f', 'noext', pictures.png)], 200),
    form(`POST ${docs}`, [file('f', 'x.', 'plain text')], 200),
    form(`POST ${docs}`, [file('f', 'no type bin', noType)], 200),
    form(`POST ${docs}`, [file('f', 'noext', '<html><body>x</body></html>')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '%PDF-1.4 rest')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '{"a":1}')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '<?xml version="1.0"?><a/>')], 200),
    form(
      `POST ${docs}`,
      [file('f', 'noext', '<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
      200,
    ),
    form(`POST ${docs}`, [file('f', 'noext', '')], 200),
    form(`POST ${docs}`, [file('f', 'noext', 'a,b,c\n1,2,3\n4,5,6\n')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '{"a":1}\n{"a":2}\n')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '#!/usr/bin/env python3\nprint(1)\n')], 200),
    form(`POST ${docs}`, [file('f', 'noext', '#!/bin/sh\necho\n')], 200),
    form(`POST ${docs}`, [file('f', 'noext', 'WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n')], 200),
    ...Object.values(pictures).map((picture) =>
      form(`POST ${docs}`, [file('f', 'noext', picture)], 200),
    ),
  ],
}

const values: Scenario = {
  name: 'files: appending, prepending, replacing, removing',
  collections: [documents],
  steps: [
    upload('a', [file('f', 'one.txt'), file('ff', 'aaa.txt'), file('ff', 'bbb.txt')], 200, {
      keep: { f: '$.f', a: '$.ff[0]', b: '$.ff[1]' },
    }),
    upload('last', [file('f', 'one.txt'), file('f', 'two.txt')], 200),
    change('a', [file('ff+', 'ccc.txt')], 200, { keep: { c: '$.ff[2]' } }),
    change('a', [file('ff+', 'ddd.txt')], refused({ ff: 'validation_too_many_files' })),
    { send: `PATCH ${docs}/${longId('a')}`, json: { 'ff-': ['{{a}}'] }, gives: 200 },
    change('a', [file('+ff', 'eee.txt')], 200, { keep: { e: '$.ff[0]' } }),
    change('a', [['ff', '{{b}}'], file('ff', 'fff.txt')], 200),
    change('a', [['ff', '{{b}}'], ['ff', '{{b}}'], file('ff', 'ggg.txt')], 200, {
      keep: { g: '$.ff[1]' },
    }),
    change('a', [['ff', '{{a}}']], refused({ ff: 'validation_invalid_file' })),
    change('a', [['ff-', '{{b}}'], file('ff+', 'hhh.txt')], 200, { keep: { h: '$.ff[1]' } }),
    { send: `PATCH ${docs}/${longId('a')}`, json: { ff: ['{{h}}', '{{g}}'] }, gives: 200 },
    change('a', [['@jsonPayload', '{"ff":["{{g}}"]}'], file('ff', 'iii.txt')], 200),
    change('a', [file('+f', 'before.txt')], 200, { keep: { f: '$.f' } }),
    change('a', [file('f+', 'after.txt')], 200),
    change('a', [file('f', 'new.txt')], 200, { keep: { f: '$.f' } }),
    { send: `PATCH ${docs}/${longId('a')}`, json: { 'f-': '{{f}}' }, gives: 200 },
    change('a', [['f', '']], 200),
    change('a', [['ff', '']], 200),
    change('a', [file('none', 'x.txt'), file('f-', 'x.txt')], 200),
    change('a', [['f+', 'text'], file('f+', 'x.txt')], 200),
    change('a', [['f', 'other.txt'], file('f', 'x.txt')]),
    change(
      'a',
      [['ff', 'other.txt'], file('ff', 'x.txt')],
      refused({ ff: 'validation_invalid_file' }),
    ),
    list('docs', { filter: 'ff:length > 0', sort: 'id', fields: 'id' }),
    list('docs', { filter: 'f ~ "new"', fields: 'id' }),
  ],
}

const checks: Scenario = {
  name: 'files: what is refused',
  collections: [
    base(
      'docs',
      [
        field('file', 'f', { maxSize: 10 }),
        field('file', 'ff', { maxSelect: 2, mimeTypes: ['image/png', 'application/x-pdf'] }),
        field('file', 'must', { required: true }),
        field('file', 'shy', { hidden: true }),
        field('text', 't', { max: 3 }),
      ],
      open,
    ),
    base('named', [field('file', 'f', { required: true })], open),
  ],
  steps: [
    upload(
      'a',
      [file('f', 'Large File.txt', 'x'.repeat(11))],
      refused({ f: 'validation_file_size_limit', must: 'validation_required' }),
    ),
    upload(
      'b',
      [file('must', 'x.txt'), file('ff', 'a page.html', '<html></html>')],
      refused({ ff: 'validation_invalid_mime_type' }),
    ),
    upload(
      'c',
      [file('must', 'x.txt'), file('ff', 'x.jpg', pictures.png), file('ff', 'noext', '%PDF-1.4')],
      200,
    ),
    upload(
      'd',
      [
        file('must', 'x.txt'),
        file('ff', 'a.png', pictures.png),
        file('ff', 'b.png', pictures.png),
        file('ff', 'c.png', pictures.png),
      ],
      refused({ ff: 'validation_too_many_files' }),
    ),
    upload(
      'e',
      [file('must', 'x.txt'), ['t', 'long text'], file('f', 'large.txt', 'x'.repeat(20))],
      refused({ t: 'validation_max_text_constraint', f: 'validation_file_size_limit' }),
    ),
    upload('f', [file('must', 'x.txt'), file('shy', 'x.txt')], 200, { as: 'guest' }),
    upload('g', [file('must', 'x.txt'), file('shy', 'x.txt')], 200),
    upload('h', [file('must', '')]),
    upload('i', [file('must', 'empty.txt', '')], 200),
    upload('j', [['must', 'x.txt']], refused({ must: 'validation_invalid_file' })),
    change('c', [['must', '']], refused({ must: 'validation_required' })),
    form('POST /api/collections/none/records', [file('f', 'x.txt')], 404),
    form('POST /api/collections/named/records', [['f', 'x']], 400),
    form(`PATCH ${docs}/missing00000000`, [file('must', 'x.txt')], 404),
  ],
}

const rules: Scenario = {
  name: 'files: what rules see of them',
  collections: [
    ...[
      ['set', '@request.body.f:isset = true'],
      ['unset', '@request.body.f:isset = false'],
      ['filled', "@request.body.f != ''"],
      ['blank', "@request.body.f = ''"],
      ['two', '@request.body.ff:length = 2'],
      ['each', "@request.body.ff:each ~ '.txt'"],
      ['like', "@request.body.f ~ '.txt'"],
      ['own', "f ~ 'one_'"],
      ['count', 'ff:length = 2'],
    ].map(([name = '', createRule = '']) =>
      base(name, [field('file', 'f'), field('file', 'ff', { maxSelect: 3 })], {
        ...open,
        createRule,
        updateRule: createRule,
      }),
    ),
  ],
  steps: ['set', 'unset', 'filled', 'blank', 'two', 'each', 'like', 'own', 'count'].flatMap(
    (name) => {
      const send = `POST /api/collections/${name}/records`
      const as = { as: 'guest' }
      return [
        form(send, [file('f', 'one.txt')], undefined, as),
        form(send, [file('ff', 'one.txt'), file('ff', 'two.txt')], undefined, as),
        form(send, [file('ff+', 'one.txt'), file('ff+', 'two.txt')], undefined, as),
        form(
          send,
          [
            ['f', ''],
            ['ff', ''],
          ],
          undefined,
          as,
        ),
        { send, json: {}, ...as },
      ]
    },
  ),
}

const served: Scenario = {
  name: 'files: serving',
  collections: [documents, base('other', [field('text', 't')], open)],
  steps: [
    upload(
      'a',
      [
        file('f', 'digits.txt', '0123456789'),
        file('ff', 'page.html', '<html><script>1</script></html>'),
        file('ff', 'pic.png', pictures.png),
      ],
      200,
      {
        keep: { f: '$.f', page: '$.ff[0]', pic: '$.ff[1]' },
      },
    ),
    ...['{{f}}', '{{page}}', '{{pic}}'].flatMap((name) => [
      get(`docs/${longId('a')}/${name}`, 200),
      get(`${longId('docs')}/${longId('a')}/${name}`, 200),
      get(`DOCS/${longId('a')}/${name}`, 200),
      { as: 'guest', send: `HEAD /api/files/docs/${longId('a')}/${name}`, gives: 200 },
    ]),
    ...['1', 't', 'T', 'true', 'TRUE', 'True', '0', 'false', 'yes', 'on', '2', ''].map((download) =>
      get(`docs/${longId('a')}/{{pic}}`, 200, { query: { download } }),
    ),
    ...[
      'bytes=0-3',
      'bytes=4-',
      'bytes=-3',
      'bytes=-100',
      'bytes=0-100',
      'bytes=9-9',
      'bytes=10-',
      'bytes=5-4',
      'bytes=abc',
      'items=0-1',
      'bytes=',
    ].map((range) => get(`docs/${longId('a')}/{{f}}`, undefined, { headers: { Range: range } })),
    get(`docs/${longId('a')}/{{f}}`, 304, {
      headers: { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    }),
    get(`docs/${longId('a')}/{{f}}`, 200, {
      headers: { 'If-Modified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' },
    }),
    get(`docs/${longId('a')}/{{f}}`, 200, { headers: { 'If-Modified-Since': 'rubbish' } }),
    get(`docs/${longId('a')}/{{f}}`, 200, {
      headers: { Range: 'bytes=0-1', 'If-Range': 'Sat, 01 Jan 2000 00:00:00 GMT' },
    }),
    get(`docs/${longId('a')}/{{f}}`, 200, {
      headers: { Range: 'bytes=0-1', 'If-Range': '"other"' },
    }),
    ...(
      [
        [{ 'If-Match': '*' }, 200],
        [{ 'If-Match': '"other"' }, 412],
        [{ 'If-Match': '"other"', Range: 'bytes=0-1' }, 412],
        [{ 'If-Unmodified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, 412],
        [{ 'If-Unmodified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 200],
        [{ 'If-Unmodified-Since': 'rubbish' }, 200],
      ] as const
    ).map(([headers, status]) => get(`docs/${longId('a')}/{{f}}`, status, { headers })),
    get(`docs/${longId('a')}/missing.txt`, 404),
    get(`docs/missing00000000/{{f}}`, 404),
    get(`none/${longId('a')}/{{f}}`, 404),
    get(`other/${longId('a')}/{{f}}`, 404),
    get(`docs/${longId('a')}`, 404),
    get(`docs/${longId('a')}/`, 404),
    get(`docs/${longId('a')}/{{f}}/more`, 404),
    get(`docs/${longId('a')}/..%2F${longId('a')}%2F{{f}}`, 404),
    get(`docs/${longId('a')}/{{f}}`, 200, { headers: { Origin: 'https://app.example' } }),
    { send: `PATCH ${docs}/${longId('a')}`, json: { f: '' }, gives: 200 },
    get(`docs/${longId('a')}/{{f}}`, 404),
    remove('docs', 'a', 204),
    get(`docs/${longId('a')}/{{pic}}`, 404),
  ],
}

const oddRanges: Scenario = {
  name: 'files: several ranges, and one of nothing',
  collections: [documents],
  steps: [
    upload('a', [file('f', 'digits.txt', '0123456789')], 200, { keep: { f: '$.f' } }),
    ...['bytes=0-0,2-3', 'bytes=-0'].map((range) =>
      get(`docs/${longId('a')}/{{f}}`, 206, { headers: { Range: range } }),
    ),
  ],
}

const typed: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ['vector.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'],
  ['style.css', 'body { color: red }'],
  ['code.js', 'alert(1)'],
  ['code.mjs', 'export {}'],
  ['sheet.xlsx', 'PK\u0003\u0004\u0014\0\0\0\0\0'],
  ['doc.pdf', '%PDF-1.4'],
  ['data.json', '{"a":1}'],
  ['feed.xml', '<?xml version="1.0"?><a/>'],
  ['table.csv', 'a,b\n1,2\n'],
  ['bin.dat', noType],
  ['empty.txt', ''],
  ['utf8.txt', 'grüße'],
  ['photo.jpg', pictures.jpeg],
  ['moving.gif', pictures.gif],
  ['photo.webp', pictures.webp],
  ['sound.mp3', 'ID3\u0003'],
  ['wave.wav', 'RIFF\u0024\0\0\0WAVEfmt '],
  ['movie.mp4', '\0\0\0\u0018ftypmp42\0\0\0\0mp42isom'],
  ['movie.mov', '\0\0\0\u0014ftypqt  \0\0\0\0qt  '],
  ['icon.ico', '\0\0\u0001\0\u0001\0'],
  ['bitmap.bmp', 'BM\u0046\0\0\0\0\0\0\0\u0036\0\0\0\u0028\0\0\0'],
  ['archive.zip', 'PK\u0003\u0004\u0014\0\0\0\0\0'],
  ['script.php', '<?php echo 1;'],
  ['upper.SVG', '<svg xmlns="http://www.w3.org/2000/svg"></svg>'],
]

const contradictory: typeof typed = [
  ['code.js', 'GIF89a=1;alert()'],
  ['picture.png', '<html>no picture</html>'],
  ['page.html', pictures.png],
]

const contradictions: Scenario = {
  name: 'files: names that the content contradicts',
  collections: [documents],
  steps: contradictory.map(([name, content], at) =>
    upload(`d${at}x`, [file('f', name, content)], undefined),
  ),
}

const noOffice: Scenario = {
  name: 'files: texts called office files',
  collections: [documents],
  steps: ['sheet.xlsx', 'letter.docx', 'talk.pptx'].flatMap((name, at) => [
    upload(`d${at}x`, [file('f', name, 'not really')], 200, { keep: { [`f${at}`]: '$.f' } }),
    get(`docs/${longId(`d${at}x`)}/{{f${at}}}`, 200),
  ]),
}

const types: Scenario = {
  name: 'files: types by content and by ending',
  collections: [documents],
  steps: typed.flatMap(([name, content], at) => [
    upload(`d${at}x`, [file('f', name, content)], 200, { keep: { [`f${at}`]: '$.f' } }),
    get(`docs/${longId(`d${at}x`)}/{{f${at}}}`, 200),
  ]),
}

const guarded: Scenario = {
  name: 'files: protected ones',
  collections: [
    auth('people', []),
    base(
      'docs',
      [field('file', 'f', { protected: true }), field('file', 'free'), field('text', 'owner')],
      { ...open, viewRule: '@request.auth.id = owner' },
    ),
    base('context', [field('file', 'f', { protected: true })], {
      ...open,
      viewRule: "@request.context = 'protectedFile'",
    }),
    base('public', [field('file', 'f', { protected: true })], open),
    base('locked', [field('file', 'f', { protected: true })], { ...open, viewRule: null }),
  ],
  accounts: ['ann', 'bob'].map((name) => ({
    name,
    collection: 'people',
    record: { id: longId(name), email: `${name}@example.com` },
  })),
  steps: [
    { as: 'guest', send: 'POST /api/files/token', gives: 401 },
    { as: 'guest', send: 'GET /api/files/token', gives: 404 },
    { as: 'ann', send: 'POST /api/files/token', gives: 200, keep: { ann: '$.token' } },
    { as: 'bob', send: 'POST /api/files/token', gives: 200, keep: { bob: '$.token' } },
    { send: 'POST /api/files/token', gives: 200, keep: { root: '$.token' } },
    upload('a', [file('f', 'mine.txt'), file('free', 'free.txt'), ['owner', longId('ann')]], 200, {
      keep: { f: '$.f', free: '$.free' },
    }),
    get(`docs/${longId('a')}/{{free}}`, 200),
    get(`docs/${longId('a')}/{{f}}`, 404),
    get(`docs/${longId('a')}/{{f}}?token={{ann}}`, 200),
    get(`docs/${longId('a')}/{{f}}?token={{bob}}`, 404),
    get(`docs/${longId('a')}/{{f}}?token={{root}}`, 200),
    get(`docs/${longId('a')}/{{f}}?token=rubbish`, 404),
    get(`docs/${longId('a')}/{{f}}?token={{token:ann}}`, 404),
    get(`docs/${longId('a')}/{{f}}`, 404, { as: 'ann' }),
    get(`docs/${longId('a')}/{{f}}`, 404, { as: 'superuser' }),
    one('docs', 'a', {}, 404, 'guest'),
    ...['context', 'public', 'locked'].flatMap((name) => [
      form(
        `POST /api/collections/${name}/records`,
        [['id', longId('a')], file('f', 'x.txt')],
        200,
        {
          keep: { x: '$.f' },
        },
      ),
      get(`${name}/${longId('a')}/{{x}}`),
      get(`${name}/${longId('a')}/{{x}}?token={{ann}}`),
      get(`${name}/${longId('a')}/{{x}}?token={{root}}`, 200),
    ]),
    {
      send: `PATCH /api/collections/people/records/${longId('ann')}`,
      json: { password: 'other-1234567', passwordConfirm: 'other-1234567' },
      gives: 200,
    },
    get(`docs/${longId('a')}/{{f}}?token={{ann}}`, 404),
  ],
}

const sizes = [
  ...['100x100', '70x50', '70x50t', '70x50b', '70x50f', '0x20', '20x0', '30x30', '30x10t'],
  ...['30x20f', '200x300f'],
]

function thumbsOf(name: string, asked: readonly string[], kinds: readonly PictureKind[]): Scenario {
  return {
    name,
    collections: [base('docs', [field('file', 'f', { thumbs: asked })], open)],
    steps: kinds.flatMap((kind) => {
      const id = kind.toLowerCase()
      const path = `docs/${longId(id)}/{{${kind}}}`
      return [
        upload(id, [file('f', `picture.${kind}`, pictures[kind])], 200, {
          keep: { [kind]: '$.f' },
        }),
        ...asked.map((thumb) => get(`${path}?thumb=${thumb}`, 200, { isPicture: true })),
        // Again, once it exists.
        get(`${path}?thumb=${asked[0] ?? ''}`, 200, { isPicture: true }),
        get(`${path}?thumb=100x100&download=1`, 200, { isPicture: true }),
        ...['40x40', '0x0', 'x', '100x100t', '100x100 ', ''].map((thumb) =>
          get(path, 200, { query: { thumb } }),
        ),
      ]
    }),
  }
}

type PictureKind = keyof typeof pictures

const thumbs: readonly Scenario[] = [
  thumbsOf('files: thumbnails', sizes, ['png', 'jpeg', 'turnedJpeg', 'webp']),
  thumbsOf('files: thumbnails of moving pictures', sizes, ['gif']),
  thumbsOf('files: thumbnails whose sides do not come out even', ['10x30f'], ['png']),
]

const noPictures: Scenario = {
  name: 'files: thumbnails of what is no picture',
  collections: [documents],
  steps: [
    upload('text', [file('f', 'picture.png', 'no picture')], 200, { keep: { text: '$.f' } }),
    get(`docs/${longId('text')}/{{text}}?thumb=100x100`, 200),
    upload('broken', [file('f', 'broken.png', pictures.png.slice(0, 50))], 200, {
      keep: { broken: '$.f' },
    }),
    get(`docs/${longId('broken')}/{{broken}}?thumb=100x100`, 200),
    upload(
      'svg',
      [
        file(
          'f',
          'drawing.svg',
          '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>',
        ),
      ],
      200,
      { keep: { svg: '$.f' } },
    ),
    get(`docs/${longId('svg')}/{{svg}}?thumb=100x100`, 200),
  ],
}

const views: Scenario = {
  name: 'files: through views',
  collections: [
    base(
      'docs',
      [
        field('file', 'f'),
        field('file', 'ff', { maxSelect: 3 }),
        field('file', 'p', { protected: true }),
      ],
      open,
    ),
    view('shelf', 'SELECT id, f, ff, p FROM docs', { listRule: '', viewRule: '' }),
    view('renamed', 'SELECT d.id, d.f AS picture FROM docs d', { listRule: '', viewRule: null }),
    view('nested', 'SELECT s.id, s.f FROM shelf s', { listRule: '', viewRule: '' }),
    view('closed', 'SELECT id, p FROM docs', { listRule: '', viewRule: null }),
    view('computed', "SELECT id, (f || '') AS f FROM docs", { listRule: '', viewRule: '' }),
  ],
  steps: [
    upload(
      'a',
      [
        file('f', 'one.txt'),
        file('ff', 'two.txt'),
        file('ff', 'three.txt'),
        file('p', 'guarded.txt'),
      ],
      200,
      {
        keep: { f: '$.f', two: '$.ff[0]', three: '$.ff[1]', p: '$.p' },
      },
    ),
    list('shelf', {}, 200, 'guest'),
    get(`shelf/${longId('a')}/{{f}}`, 200),
    get(`shelf/${longId('a')}/{{three}}`, 200),
    get(`shelf/${longId('a')}/{{p}}`, 200),
    get(`renamed/${longId('a')}/{{f}}`, 200),
    get(`nested/${longId('a')}/{{f}}`, 200),
    get(`closed/${longId('a')}/{{p}}`, 404),
    get(`computed/${longId('a')}/{{f}}`, 404),
    get(`shelf/${longId('b')}/{{f}}`, 404),
    get(`shelf/${longId('a')}/missing.txt`, 404),
    form('POST /api/collections/shelf/records', [file('f', 'x.txt')], 400),
  ],
}

const batches: Scenario = {
  name: 'files: in a batch',
  collections: [documents],
  steps: [
    { send: 'PATCH /api/settings', json: { batch: { enabled: true, maxRequests: 10 } } },
    batch(
      [
        { method: 'POST', url: docs, body: { id: longId('a') } },
        { method: 'POST', url: docs, body: { id: longId('b') } },
      ],
      [
        file('requests.0.f', 'one.txt'),
        file('requests[1].ff', 'two.txt'),
        file('requests[1].ff', 'three.txt'),
      ],
      200,
      { keep: { two: '$[1].body.ff[0]' } },
    ),
    get(`docs/${longId('b')}/{{two}}`, 200),
    batch(
      [
        {
          method: 'PATCH',
          url: `${docs}/${longId('b')}`,
          body: { 'ff-': '{{two}}', ff: 'ignored' },
        },
      ],
      [file('requests.0.ff+', 'more.txt')],
    ),
    batch(
      [{ method: 'PATCH', url: `${docs}/${longId('b')}`, body: { ff: ['{{two}}'] } }],
      [file('requests.0.ff', 'alone.txt')],
    ),
    batch(
      [
        { method: 'POST', url: docs, body: { id: longId('c') } },
        { method: 'DELETE', url: `${docs}/missing00000000` },
      ],
      [file('requests.0.f', 'gone.txt')],
      400,
    ),
    one('docs', 'c', {}, 404),
    batch(
      [{ method: 'PUT', url: docs, body: { id: longId('a') } }],
      [file('requests.0.f', 'again.txt')],
      200,
    ),
    batch([{ method: 'POST', url: docs, body: {} }], [file('requests.7.f', 'nobodys.txt')], 200),
  ],
}

function batch(
  requests: readonly { readonly method: string; readonly url: string; readonly body?: object }[],
  files: readonly FilePart[],
  gives?: Expectation,
  more: Partial<Step> = {},
): Step {
  return form(
    'POST /api/batch',
    [['@jsonPayload', JSON.stringify({ requests })], ...files],
    gives,
    more,
  )
}

const changedFields: Scenario = {
  name: 'files: fields that change',
  collections: [documents],
  steps: [
    upload('a', [file('f', 'one.txt'), file('ff', 'two.txt'), file('ff', 'three.txt')], 200, {
      keep: { f: '$.f', two: '$.ff[0]', three: '$.ff[1]' },
    }),
    {
      send: 'PATCH /api/collections/docs',
      json: { fields: [field('file', 'f'), field('file', 'ff', { maxSelect: 1 })] },
      gives: 200,
    },
    one('docs', 'a', { fields: 'f,ff' }, 200),
    get(`docs/${longId('a')}/{{three}}`, 200),
    get(`docs/${longId('a')}/{{two}}`, 404),
    { send: 'PATCH /api/collections/docs', json: { fields: [field('file', 'ff')] }, gives: 200 },
    get(`docs/${longId('a')}/{{f}}`, 404),
    create('docs', { ff: '{{three}}' }, refused({ ff: 'validation_invalid_file' })),
  ],
}

/** Files: how they are stored and named, and how they are served. */
export const fileScenarios: readonly Scenario[] = [
  ...[
    names,
    values,
    checks,
    rules,
    served,
    oddRanges,
    types,
    contradictions,
    noOffice,
    guarded,
    ...thumbs,
    noPictures,
  ],
  ...[views, batches, changedFields],
]
