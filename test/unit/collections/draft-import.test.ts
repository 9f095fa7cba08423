import { describe, it } from 'vitest'
import { blankDefinition, completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { draftImport } from '#collections/draft-import.ts'
import { invalidImport } from '#collections/import-failure.ts'
import { ApiError } from '#kernel/errors.ts'

const now = new Date('2024-05-06T07:08:09.010Z')

const posts = completeNew(
  decodeDefinition(blankDefinition('base', 'posts'), {
    fields: [
      { id: 'a_id', name: 'a', type: 'text', max: 5 },
      { id: 'b_id', name: 'b', type: 'text' },
    ],
  }).definition,
  { isTaken: () => false, now },
)

function fieldsOf(
  item: Readonly<Record<string, unknown>>,
  { deleteMissing = false } = {},
): readonly string[] {
  const [draft] = draftImport([posts], { collections: [item], deleteMissing }, now)
  return draft?.next.fields.map(({ id, name }) => `${id}:${name}`) ?? []
}

describe('draftImport', () => {
  it('finds the definition of an item by its id, else by its name', ({ expect }) => {
    const items = [{ id: posts.id, name: 'articles' }, { name: 'POSTS' }, { name: 'new' }]

    const drafts = draftImport([posts], { collections: items, deleteMissing: false }, now)

    expect(drafts.map(({ previous, next }) => [previous?.name, next.id, next.name])).toEqual([
      ['posts', posts.id, 'articles'],
      ['posts', posts.id, 'POSTS'],
      [undefined, expect.stringMatching(/^pbc_/), 'new'],
    ])
  })

  it('puts views last', ({ expect }) => {
    const items = [{ name: 'v', type: 'view', viewQuery: 'SELECT 1 AS id' }, { name: 'x' }]

    const drafts = draftImport([], { collections: items, deleteMissing: false }, now)

    expect(drafts.map(({ next }) => next.name)).toEqual(['x', 'v'])
  })

  it('keeps stored fields that an item does not name', ({ expect }) => {
    expect(fieldsOf({ name: 'posts', fields: [{ name: 'c', type: 'text' }] })).toEqual([
      'text112844655:c',
      'text3208210256:id',
      'a_id:a',
      'b_id:b',
    ])
  })

  // With another id it would replace the old column with a new, empty one.
  it('treats a field with the same name and type as the stored one', ({ expect }) => {
    expect(fieldsOf({ name: 'posts', fields: [{ id: 'x', name: 'a', type: 'text' }] })).toEqual([
      'a_id:a',
      'text3208210256:id',
      'b_id:b',
    ])
  })

  it('drops missing fields on request, except system fields', ({ expect }) => {
    expect(fieldsOf({ name: 'posts' }, { deleteMissing: true })).toEqual(['text3208210256:id'])
  })

  it('rejects malformed items with the reason', ({ expect }) => {
    const item = { name: 'x', fields: [{ name: 'a', type: 'table' }] }

    expect(() => draftImport([], { collections: [item], deleteMissing: false }, now)).toThrow(
      expect.objectContaining({
        message: 'Failed to import collections.',
        issues: {
          collections: {
            code: 'validation_collections_import_failure',
            message:
              'Failed to import the collections configuration. Raw error:\n' +
              'missing or unknown field type in {"name":"a","type":"table"}',
          },
        },
      }),
    )
  })
})

it('reports the issues of an imported definition as JSON, with the messages of its rules', ({
  expect,
}) => {
  const error = invalidImport(posts, {
    name: { code: 'validation_required', message: 'Cannot be blank.' },
    fields: {
      1: { code: 'validation_field_type_change', message: 'Field type cannot be changed.' },
    },
  })

  expect(error).toBeInstanceOf(ApiError)
  expect(error.issues).toMatchObject({
    collections: {
      message: [
        `Data validations failed for collection "posts" (${posts.id}):`,
        '{',
        '  "fields": {',
        '    "1": "Field type cannot be changed."',
        '  },',
        '  "name": "cannot be blank"',
        '}',
      ].join('\n'),
    },
  })
})
