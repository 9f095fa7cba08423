import { describe, it } from 'vitest'
import { fieldTypes } from '#fields/registry.ts'
import { optionFaults } from '../stored-field.ts'

const required = { code: 'validation_required', message: 'Cannot be blank.' }
const tooLarge = 9007199254740992

function atLeast(threshold: number) {
  return {
    code: 'validation_min_greater_equal_than_required',
    message: `Must be no less than ${threshold}.`,
    params: { threshold },
  }
}

function atMost(threshold: number) {
  return {
    code: 'validation_max_less_equal_than_required',
    message: `Must be no greater than ${threshold}.`,
    params: { threshold },
  }
}

describe('decoding', () => {
  const described = { help: '', required: false }

  it.for([
    [
      'text',
      { ...described, min: 0, max: 0, pattern: '', autogeneratePattern: '', primaryKey: false },
    ],
    ['editor', { ...described, maxSize: 0, convertURLs: false }],
    ['number', { ...described, min: null, max: null, onlyInt: false }],
    ['bool', described],
    ['email', { ...described, exceptDomains: null, onlyDomains: null }],
    ['url', { ...described, exceptDomains: null, onlyDomains: null }],
    ['date', { ...described, min: '', max: '' }],
    ['autodate', { onCreate: false, onUpdate: false }],
    ['select', { ...described, values: null, maxSelect: 0 }],
    [
      'file',
      { ...described, maxSelect: 0, maxSize: 0, mimeTypes: null, thumbs: null, protected: false },
    ],
    [
      'relation',
      { ...described, collectionId: '', cascadeDelete: false, minSelect: 0, maxSelect: 0 },
    ],
    ['json', { ...described, maxSize: 0 }],
    ['geoPoint', described],
    ['password', { ...described, min: 0, max: 0, pattern: '', cost: 0 }],
  ] as const)('gives a %s zero for what is missing or null', ([type, zero], { expect }) => {
    const options = fieldTypes.get(type)?.options()
    const nulls = Object.fromEntries(Object.keys(zero).map((name) => [name, null]))

    expect(options?.parse({ unknown: 1 })).toEqual(zero)
    expect(options?.parse(nulls)).toEqual(zero)
  })

  it.for([
    ['text', { min: '1' }],
    ['text', { min: 1.5 }],
    ['text', { min: 1e20 }],
    ['text', { pattern: 5 }],
    ['text', { required: 1 }],
    ['text', { help: true }],
    ['number', { min: '1' }],
    ['email', { onlyDomains: 'a.b' }],
    ['email', { onlyDomains: [1] }],
    ['date', { min: 5 }],
    ['autodate', { onCreate: 1 }],
    ['select', { values: 'a' }],
    ['file', { protected: 'x' }],
    ['relation', { collectionId: 5 }],
  ] as const)('refuses another JSON type: %s %j', ([type, options], { expect }) => {
    expect(fieldTypes.get(type)?.options().safeParse(options).success).toBe(false)
  })

  it('formats dates as stored, and treats null in lists as an empty string', ({ expect }) => {
    const date = fieldTypes.get('date')?.options().parse({ min: '2024-01-02', max: 'never' })
    const email = fieldTypes
      .get('email')
      ?.options()
      .parse({ onlyDomains: [null, 'a.b'] })

    expect(date).toMatchObject({ min: '2024-01-02 00:00:00.000Z', max: '' })
    expect(email).toMatchObject({ onlyDomains: ['', 'a.b'] })
  })
})

describe('the options of', () => {
  it.for([
    ['text', { min: 5, max: 0 }, {}],
    ['text', { min: -1, max: -5 }, { min: atLeast(0), max: atLeast(-1) }],
    ['text', { min: 5, max: 3 }, { max: atLeast(5) }],
    ['text', { max: tooLarge }, { max: atMost(Number.MAX_SAFE_INTEGER) }],
    [
      'text',
      { pattern: '(' },
      {
        pattern: {
          code: 'validation_invalid_regex',
          message: 'Error parsing regexp: missing closing ): `(`.',
        },
      },
    ],
    [
      'text',
      { autogeneratePattern: '^a' },
      {
        autogeneratePattern: {
          code: 'validation_invalid_autogenerate_pattern',
          message: 'Unsupported pattern operator 9.',
        },
      },
    ],
    [
      'text',
      { autogeneratePattern: 'a"{3}', max: 3 },
      {
        autogeneratePattern: {
          code: 'validation_invalid_autogenerate_pattern_value',
          message:
            'The provided autogenerate pattern could produce invalid field values, ex.: "a\\"\\"\\"".',
        },
      },
    ],
    ['text', { autogeneratePattern: '[a-z]{3}', min: 3, max: 3, pattern: '^[a-z]+$' }, {}],
    [
      'text',
      { primaryKey: true, hidden: true },
      {
        name: { code: 'validation_in_invalid', message: 'The primary key must be named "id".' },
        pattern: required,
        hidden: { code: 'validation_empty', message: 'Must be blank.' },
        required,
      },
    ],
    ['text', { primaryKey: true, name: 'id', required: true, pattern: '.' }, {}],
    ['editor', { maxSize: -1 }, { maxSize: atLeast(0) }],
    [
      'number',
      { onlyInt: true, min: 1.5, max: 1e300 },
      {
        min: {
          code: 'validation_only_int_constraint',
          message: 'Decimal numbers are not allowed.',
        },
        max: {
          code: 'validation_only_int_constraint',
          message: 'Decimal numbers are not allowed.',
        },
      },
    ],
    [
      'number',
      { min: 5.5, max: 3.25 },
      {
        max: {
          code: 'validation_min_number_constraint',
          message: 'Must be greater or equal than 5.5.',
          params: { min: 5.5 },
        },
      },
    ],
    ['number', { min: 5, max: 5 }, {}],
    [
      'email',
      { onlyDomains: ['a.b', 'x', ''] },
      { onlyDomains: { 1: { code: 'validation_is_domain', message: 'Must be a valid domain.' } } },
    ],
    [
      'url',
      { onlyDomains: ['a.b'], exceptDomains: ['c.d'] },
      {
        onlyDomains: { code: 'validation_empty', message: 'Must be blank.' },
        exceptDomains: { code: 'validation_empty', message: 'Must be blank.' },
      },
    ],
    ['email', { onlyDomains: ['a.b'], exceptDomains: [] }, {}],
    ['date', { min: '2024-01-02', max: '2024-01-01' }, {}],
    [
      'autodate',
      {},
      {
        onCreate: {
          code: 'validation_required',
          message: 'Either onCreate or onUpdate must be enabled.',
        },
        onUpdate: {
          code: 'validation_required',
          message: 'Either onCreate or onUpdate must be enabled.',
        },
      },
    ],
    ['autodate', { onUpdate: true }, {}],
    ['select', {}, { values: required }],
    ['select', { values: [], maxSelect: 2 }, { values: required, maxSelect: atMost(1) }],
    ['select', { values: ['a'], maxSelect: -1 }, { maxSelect: atLeast(0) }],
    ['select', { values: ['a', 'b'], maxSelect: 2 }, {}],
    ['file', { maxSelect: -1, maxSize: -1 }, { maxSelect: atLeast(0), maxSize: atLeast(0) }],
    [
      'file',
      { thumbs: ['0x0', '10x20f', '1x1z', '0x0t', '0x10'] },
      {
        thumbs: {
          0: { code: 'validation_not_in_invalid', message: 'Must not be in list.' },
          2: { code: 'validation_match_invalid', message: 'Must be in a valid format.' },
          3: { code: 'validation_not_in_invalid', message: 'Must not be in list.' },
        },
      },
    ],
    ['relation', {}, { collectionId: required }],
    [
      'relation',
      { collectionId: 'nope' },
      {
        collectionId: {
          code: 'validation_field_relation_missing_collection',
          message: "The relation collection doesn't exist.",
        },
      },
    ],
    [
      'relation',
      { collectionId: 'view' },
      {
        collectionId: {
          code: 'validation_relation_field_non_view_base_collection',
          message: 'Only view collections are allowed to have relations to other views.',
        },
      },
    ],
    ['relation', { collectionId: 'related', minSelect: 2 }, { maxSelect: required }],
    [
      'relation',
      { collectionId: 'related', minSelect: 2, maxSelect: 1 },
      { maxSelect: atLeast(2) },
    ],
    ['relation', { collectionId: 'related', minSelect: -1 }, { minSelect: atLeast(0) }],
    ['json', { maxSize: tooLarge }, { maxSize: atMost(Number.MAX_SAFE_INTEGER) }],
    [
      'password',
      { min: 72, max: 100, cost: 3, pattern: ')' },
      {
        min: atMost(71),
        max: atMost(71),
        cost: atLeast(4),
        pattern: {
          code: 'validation_invalid_regex',
          message: 'Error parsing regexp: unexpected ): `)`.',
        },
      },
    ],
    ['password', { min: 8, max: 0, cost: 31 }, {}],
  ] as const)('%s %j', ([type, options, faults], { expect }) => {
    expect(optionFaults(type, options)).toEqual(faults)
  })

  it('a second primary key are rejected', ({ expect }) => {
    const definition = { name: 'id', required: true, pattern: '.', primaryKey: true }
    const siblings = [definition, definition].map((sibling) => ({
      ...sibling,
      id: '',
      type: 'text',
      system: false,
      hidden: false,
      presentable: false,
    }))

    const faults = optionFaults('text', definition, { siblings })

    expect(faults).toEqual({
      primaryKey: {
        code: 'validation_unsupported_composite_pk',
        message: 'Composite PKs are not supported and the collection must have only 1 PK.',
      },
    })
  })

  it('a relation cannot change its collection', ({ expect }) => {
    const previous = {
      id: 'f',
      name: 'v',
      type: 'relation',
      system: false,
      hidden: false,
      presentable: false,
      collectionId: 'other',
    }

    const faults = optionFaults('relation', { collectionId: 'related' }, { previous })

    expect(faults).toEqual({
      collectionId: {
        code: 'validation_field_relation_change',
        message: 'The relation collection cannot be changed.',
      },
    })
  })

  it('a system autodate cannot be changed', ({ expect }) => {
    const previous = {
      id: 'f',
      name: 'v',
      type: 'autodate',
      system: true,
      hidden: false,
      presentable: false,
      onCreate: true,
      onUpdate: true,
    }

    const faults = optionFaults('autodate', { system: true, onCreate: true }, { previous })

    expect(faults).toEqual({
      onUpdate: { code: 'validation_values_mismatch', message: "Values don't match." },
    })
  })
})
