import { describe, it } from 'vitest'
import { compileField, fieldTypes } from '#fields/registry.ts'
import { definitionOf, fieldOf, StoredField } from './stored-field.ts'

const now = new Date('2024-05-06T07:08:09.123Z')

describe('every type', () => {
  it.for([...fieldTypes.keys()])(
    '%s stores its zero value as the default of its column',
    (type, { expect }) => {
      const record = new StoredField(fieldOf(type, { maxSelect: 3 }))
      const byDefault = record.read()

      record.store(record.field.zero)

      expect(record.read()).toEqual(byDefault)
      expect(byDefault).toEqual(record.field.zero)
    },
  )

  it.for([...fieldTypes.keys()])('%s reads anything a column may hold', (type, { expect }) => {
    const field = fieldOf(type)

    for (const stored of [null, 0, 1.5, '', '[', '{"a":1}', '["a"]', 'x']) {
      expect(() => field.fromColumn(stored)).not.toThrow()
    }
  })

  it('that does not exist cannot be compiled', ({ expect }) => {
    expect(() => compileField(definitionOf('nope'))).toThrow('There is no field type "nope".')
  })
})

describe('a text with a pattern to generate from', () => {
  const field = fieldOf('text', { autogeneratePattern: '[a-z]{5}' })

  it('is filled when a new record has none', ({ expect }) => {
    expect(field.fill('create', { known: '' }, now)).toMatch(/^[a-z]{5}$/)
    expect(field.fill('create', { known: 'x' }, now)).toBeUndefined()
    expect(field.fill('update', { known: '' }, now)).toBeUndefined()
  })

  it('is appended to the submitted value', ({ expect }) => {
    const modify = field.modifiers['key:autogenerate']
    const plain = fieldOf('text').modifiers['key:autogenerate']

    expect(modify?.({ known: 'old' }, 'abc-')).toEqual({
      known: expect.stringMatching(/^abc-[a-z]{5}$/),
    })
    expect(plain?.({ known: 'old' }, 'abc-')).toEqual({ known: 'abc-' })
  })
})

describe('an autodate', () => {
  it.for([
    [{ onCreate: true }, 'create', '2024-05-06 07:08:09.123Z'],
    [{ onCreate: true }, 'update', undefined],
    [{ onUpdate: true }, 'create', undefined],
    [{ onUpdate: true }, 'update', '2024-05-06 07:08:09.123Z'],
  ] as const)('%j is set on %s to %s', ([options, event, expected], { expect }) => {
    const field = fieldOf('autodate', options)

    expect(field.fill(event, { known: '' }, now)).toBe(expected)
    expect(field.acceptsInput).toBe(false)
  })
})

describe('modifiers of a stored single value', () => {
  const field = fieldOf('select', { values: ['a'] })
  const record = new StoredField(field)
  const current = { sql: record.stored }

  it('do not read it if it is replaced', ({ expect }) => {
    expect(field.modifiers['key+']?.(current, ['a'])).toEqual({ known: 'a' })
  })

  it('do not change it without an operand', ({ expect }) => {
    expect(field.modifiers['key+']?.(current, '')).toBe(current)
  })
})

it('rejects adding a number that is not finite to a stored number', ({ expect }) => {
  const field = fieldOf('number')
  const record = new StoredField(field)

  expect(field.modifiers['key-']?.({ sql: record.stored }, 'Infinity')).toEqual({
    known: -Infinity,
  })
})

it('never returns the hash of a password', ({ expect }) => {
  const field = fieldOf('password')

  expect(field.isHashed).toBe(true)
  expect(field.toColumn('$hash')).toBe('$hash')
  expect(field.fromColumn('$hash')).toBe('')
})

// A view may cast to a BLOB, which D1 returns as bytes.
it.for([
  ['first', 'first'],
  ['{"a":1}', { a: 1 }],
] as const)('reads bytes as the JSON text they are: %s', ([text, value], { expect }) => {
  expect(fieldOf('json').fromColumn([...Buffer.from(text)])).toEqual(value)
})

it('reads numbers from JSON columns, which have numeric affinity', ({ expect }) => {
  const record = new StoredField(fieldOf('json'))

  for (const value of ['123', 123, '1e3', 'true', true, null, '"x"', { a: '1' }]) {
    record.store(value)

    expect(record.read()).toEqual(value)
  }
})

it.for([
  ['editor', {}, 5242880],
  ['json', {}, 1048576],
  ['file', { maxSelect: 3, maxSize: 10 }, 30],
  ['text', {}, 0],
] as const)('a %s %j adds to the size of bodies', ([type, options, bytes], { expect }) => {
  expect(fieldOf(type, options).bodyBytes).toBe(bytes)
})
