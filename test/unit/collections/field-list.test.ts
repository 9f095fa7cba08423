import { describe, it } from 'vitest'
import { fieldList, withSystemFields } from '#collections/field-list.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'

function field(name: string, options: Partial<FieldDefinition> = {}): FieldDefinition {
  return {
    id: '',
    name,
    type: 'text',
    system: false,
    hidden: false,
    presentable: false,
    pattern: '',
    ...options,
  }
}

function names(fields: readonly FieldDefinition[]): string[] {
  return fields.map(({ id, name }) => `${id}:${name}`)
}

describe('fieldList', () => {
  const cases = [
    {
      name: 'derives a missing id from type and name',
      fields: [field('a')],
      list: ['text3904355907:a'],
    },
    {
      name: 'lets a later field replace one of the same id, where it stands',
      fields: [field('a', { id: 'x' }), field('b'), field('c', { id: 'x' })],
      list: ['x:c', 'text1908338681:b'],
    },
    {
      name: 'lets a field without id replace one of the same name, and take its id',
      fields: [field('a', { id: 'x' }), field('a')],
      list: ['x:a'],
    },
    {
      name: 'keeps fields of the same name with ids of their own',
      fields: [field('a', { id: 'x' }), field('a', { id: 'y' })],
      list: ['x:a', 'y:a'],
    },
    {
      name: 'numbers a derived id that is taken',
      fields: [field('b', { id: 'text3904355907' }), field('a')],
      list: ['text3904355907:b', 'text39043559072:a'],
    },
  ]

  it.for(cases)('$name', ({ fields, list }, { expect }) => {
    expect(names(fieldList(fields))).toEqual(list)
  })

  it('sorts the keys of every field', ({ expect }) => {
    const [sorted] = fieldList([field('a')])

    expect(Object.keys(sorted ?? {})).toEqual(Object.keys(sorted ?? {}).toSorted())
  })
})

describe('withSystemFields', () => {
  it('puts a missing id first', ({ expect }) => {
    const fields = withSystemFields('base', [field('a')])

    expect(fields.map(({ name }) => name)).toEqual(['id', 'a'])
  })

  it('keeps all options of the id', ({ expect }) => {
    const [id] = withSystemFields('base', [field('id', { hidden: true, primaryKey: false })])

    expect(id).toMatchObject({
      system: true,
      required: true,
      primaryKey: true,
      hidden: false,
      pattern: '^[a-z0-9]+$',
    })
  })

  it('adds missing auth fields at the end, and enforces those that are there', ({ expect }) => {
    const fields = withSystemFields('auth', [
      field('email', { type: 'email', hidden: true, required: false }),
      field('tokenKey', { hidden: false }),
    ])

    expect(fields.map(({ name }) => name)).toEqual([
      'id',
      'email',
      'tokenKey',
      'password',
      'emailVisibility',
      'verified',
    ])
    expect(fields[1]).toMatchObject({ system: true, hidden: false, required: false })
    expect(fields[2]).toMatchObject({ system: true, hidden: true, required: true })
  })

  // A field of another type must not be read as a password at sign-in.
  it('replaces a field that has an auth name but another type', ({ expect }) => {
    const fields = withSystemFields('auth', [field('password', { id: 'mine' })])

    expect(fields[1]).toMatchObject({ id: 'mine', type: 'password', system: true, hidden: true })
  })

  it('adds nothing to a view', ({ expect }) => {
    expect(withSystemFields('view', [])).toEqual([])
  })
})
