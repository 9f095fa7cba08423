import { describe, it } from 'vitest'
import { differencesOf } from '#dashboard/definitions/differences.ts'
import { brokenBy } from '#dashboard/schema/changes/broken-limits.ts'
import type { Definition, FieldDefinition } from '#dashboard/schema/definition.ts'

function field(name: string, options: Partial<FieldDefinition> = {}): FieldDefinition {
  const common = { system: false, hidden: false, presentable: false }
  return { id: `id_${name}`, name, type: 'text', ...common, ...options }
}

const idField = field('id', { system: true })

function collection(name: string, options: Partial<Definition> = {}): Definition {
  return {
    id: `id_${name}`,
    name,
    type: 'base',
    system: false,
    fields: [idField, field('title')],
    indexes: [],
    listRule: null,
    ...options,
  }
}

const posts = collection('posts', { oauth2: { enabled: true, providers: ['kept'] } })
const notes = collection('notes', { listRule: 'posts_via_x.title = 1' })
const stored = [posts, notes, collection('_system', { system: true })]

describe('differencesOf', () => {
  it('finds none where a document leaves parts out', ({ expect }) => {
    const item = {
      id: posts.id,
      name: 'posts',
      oauth2: { enabled: true },
      fields: [idField, field('title')],
    }

    expect(differencesOf([item], stored, 'merge')).toEqual([])
  })

  it('takes a field with the same id and another name for renamed', ({ expect }) => {
    const item = { ...posts, fields: [idField, field('heading', { id: 'id_title' })] }
    const [difference] = differencesOf([item], stored, 'merge')

    expect(difference?.changes.map(({ text }) => text)).toEqual([
      'Renames the field title to heading',
    ])
  })

  it('takes a field with the same name, type and another id for the stored one', ({ expect }) => {
    const item = { name: 'posts', fields: [idField, field('title', { id: 'other' })] }

    expect(differencesOf([item], stored, 'replace').map(({ kind, name }) => [kind, name])).toEqual([
      ['removed', 'notes'],
    ])
  })

  it('wants consent for what is lost or opened', ({ expect }) => {
    const item = { ...posts, listRule: '', fields: [] }
    const found = differencesOf([item, { name: 'new', fields: [field('a')] }], stored, 'replace')
    const changes = found.flatMap((one) => one.changes)

    expect(changes.map(({ text, needsConsent }) => [text, needsConsent])).toEqual([
      ['Deletes the collection notes with all of its records', true],
      ['Removes the field title', true],
      ['Opens List to everyone', true],
      ['Adds new with 1 field', false],
    ])
  })
})

describe('brokenBy', () => {
  it.for([
    {
      old: field('a', { type: 'number', max: 9 }),
      next: field('a', { type: 'number', max: 5, required: true }),
      filter: 'a = 0 || (a > 5 && a != 0)',
    },
    {
      old: field('a', { type: 'select', values: ['x', 'y'] }),
      next: field('a', { type: 'select', values: ['y'] }),
      filter: 'a:each ?= "x"',
    },
    { old: field('a', { help: 'x' }), next: field('b'), filter: undefined },
  ])('finds $filter', ({ old, next, filter }, { expect }) => {
    expect(brokenBy(old, next)).toBe(filter)
  })
})
