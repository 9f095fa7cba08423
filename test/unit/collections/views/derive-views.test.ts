import { describe, it } from 'vitest'
import { blankDefinition } from '#collections/complete-definition.ts'
import { decodeFieldList } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import {
  deriveView,
  isView,
  withDefinition,
  withDerivedViews,
} from '#collections/views/derive-views.ts'
import type { ViewDefinition } from '#collections/views/view-dependencies.ts'

const posts = {
  ...blankDefinition('base', 'posts'),
  fields: decodeFieldList([
    { name: 'id', type: 'text' },
    { name: 'title', type: 'text', max: 5 },
  ]),
}

function view(name: string, viewQuery: string): ViewDefinition {
  const blank = blankDefinition('view', name)
  if (!isView(blank)) throw new TypeError('The scaffold of a view is a view.')
  return { ...blank, options: { viewQuery } }
}

function shape({ fields }: CollectionDefinition): unknown {
  return fields.map(({ name, type, max }) => [name, type, max])
}

describe('deriveView', () => {
  it('derives the fields of a view from its query', ({ expect }) => {
    const { view: derived } = deriveView(view('v', 'SELECT id, title AS t FROM posts'), [posts])

    expect(shape(derived)).toEqual([
      ['id', 'text', 0],
      ['t', 'text', 5],
    ])
  })

  it('keeps the random id of a field while nothing else changes', ({ expect }) => {
    const first = deriveView(view('v', 'SELECT id, title FROM posts'), [posts]).view

    expect(deriveView(first, [posts]).view).toEqual(first)
  })

  it.for([
    ['title AS "t t"', 't t', 'Must be in a valid format.'],
    ['title, title', 'title:1', 'Must be in a valid format.'],
    ['count(*)', 'count(*)', 'Must be in a valid format.'],
    ['title AS expand', 'expand', 'Must not be in list.'],
    ['title AS a_via_b', 'a_via_b', 'The value cannot contain "_via_".'],
  ] as const)(
    'gives a view the field %s though it cannot be called so',
    ([column, name, message], { expect }) => {
      const { view: derived, fault } = deriveView(view('v', `SELECT id, ${column} FROM posts`), [
        posts,
      ])
      const at = derived.fields.length - 1

      expect(derived.fields[at]?.name).toBe(name)
      expect(fault).toBe(`invalid field "${name}" (${at}): name: ${message}`)
    },
  )

  it('reports an invalid query, whose view has no fields', ({ expect }) => {
    const derived = deriveView(view('v', 'SELECT * FROM posts'), [posts])

    expect(derived.fault).toMatch(/^wildcard columns/)
    expect(derived.view.fields).toEqual([])
  })
})

describe('withDerivedViews', () => {
  const low = deriveView(view('low', 'SELECT id, title FROM posts'), [posts]).view
  const high = deriveView(view('high', 'SELECT id, title FROM low'), [posts, low]).view
  const all = [posts, high, low]

  function change(changed: CollectionDefinition): CollectionDefinition[] {
    return withDerivedViews(withDefinition(all, changed), posts, changed)
  }

  it('updates a changed field in all views above', ({ expect }) => {
    const fields = posts.fields.map((field) => ({ ...field, max: 9 }))

    const [, highAfter, lowAfter] = change({ ...posts, fields })

    expect(lowAfter && shape(lowAfter)).toContainEqual(['title', 'text', 9])
    expect(highAfter && shape(highAfter)).toContainEqual(['title', 'text', 9])
  })

  it('updates a changed name in the queries', ({ expect }) => {
    const [, , lowAfter] = change({ ...posts, name: 'articles' })

    expect(lowAfter?.options).toEqual({
      viewQuery: 'SELECT id, title FROM `articles` AS posts',
    })
  })

  it('does not touch other views', ({ expect }) => {
    const after = change({ ...posts, listRule: '' })

    expect(after[1]).toBe(high)
    expect(after[2]).toBe(low)
  })
})
