/*
 * Fields validate values twice, in JavaScript and in SQL. These tests run both on the same values,
 * so that they stay consistent.
 */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { ModifierKey } from '#fields/definition/field-type.ts'
import { fieldOf, StoredField } from './stored-field.ts'

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('', 'abc', 'é€😀', '123', '[1]', 'null', '1e3', ' '),
  fc.string({ unit: fc.constantFrom('\0', '\\', 'u0000', '"', 'é', '\n', '\u0001'), maxLength: 6 }),
)
const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(0, -0, 2 ** 53, 2 ** 63, -(2 ** 63), 1e300, 0.5, 1e-9),
)
const date = fc
  .date({ min: new Date('2023-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
  .map((moment) => moment.toISOString())
const value = fc.constantFrom('a', 'b', 'c', 'd', '', '5', 'true', '["a"]', 'é"\\', "o'k")
const values = fc.array(value, { maxLength: 5 })
// SQLite formats fractions and large numbers differently from JavaScript, and so with other
// lengths.
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((found) => (typeof found === 'number' ? found | 0 : found)),
  text,
)
const point = fc.record({ lon: number, lat: number })

const cases = [
  { type: 'text', options: { min: 3, max: 5 }, input: text },
  { type: 'text', options: { required: true }, input: text },
  { type: 'editor', options: { required: true, maxSize: 6 }, input: text },
  { type: 'number', options: { required: true, min: -5, max: 7.5 }, input: number },
  { type: 'number', options: { onlyInt: true, min: 3 }, input: number },
  { type: 'bool', options: { required: true }, input: fc.boolean() },
  { type: 'email', options: { required: true }, input: fc.constantFrom('', 'a@b.c') },
  { type: 'url', options: { required: true }, input: fc.constantFrom('', 'http://a.b') },
  {
    type: 'date',
    options: { required: true, min: '2024-01-01', max: '2025-01-01 12:00:00.5Z' },
    input: fc.oneof(date, fc.constant('')),
  },
  { type: 'autodate', options: { onCreate: true }, input: date },
  { type: 'select', options: { required: true, values: ['a', 'b', '5', "o'k"] }, input: values },
  { type: 'select', options: { values: ['a', 'b', '5', "o'k"], maxSelect: 2 }, input: values },
  {
    type: 'relation',
    options: { required: true, collectionId: 'related', minSelect: 2, maxSelect: 3 },
    input: fc.subarray(['a', 'b', 'c']),
  },
  { type: 'file', options: { required: true, maxSelect: 3 }, input: fc.subarray(['a', 'b', 'c']) },
  { type: 'json', options: { required: true, maxSize: 12 }, input: json },
  { type: 'geoPoint', options: { required: true }, input: point },
]

describe.each(cases)('a $type with $options', ({ type, options, input }) => {
  const field = fieldOf(type, options)
  const record = new StoredField(field)

  it('finds the same issue in a stored value as in a known one', ({ expect }) => {
    fc.assert(
      fc.property<[unknown]>(input, (submitted) => {
        const known = field.normalise(submitted)
        record.store(known)

        const fault = record.fault({ sql: record.stored })

        expect(fault?.code).toBe(field.validate(known, { isNew: false, recordId: 'p' })?.code)
      }),
    )
  })

  it('reads what it stored', ({ expect }) => {
    fc.assert(
      fc.property<[unknown]>(input, (submitted) => {
        const known = field.normalise(submitted)
        record.store(known)

        // JSON has only one zero, and so has SQLite.
        expect(JSON.stringify(record.read())).toBe(JSON.stringify(known))
      }),
    )
  })
})

const modified = [
  { type: 'number', options: {}, input: number, operand: number, keys: ['key+', 'key-'] },
  {
    type: 'select',
    options: { values: ['a'], maxSelect: 9 },
    input: values,
    operand: values,
    keys: ['key+', '+key', 'key-'],
  },
  {
    type: 'relation',
    options: { collectionId: 'related' },
    input: values,
    operand: values,
    keys: ['key+', '+key', 'key-'],
  },
] as const

describe.each(modified)('modifiers of a $type with $options', (subject) => {
  const field = fieldOf(subject.type, subject.options)
  const record = new StoredField(field)
  const steps = fc.array(
    fc.tuple(
      fc.constantFrom<ModifierKey>(...subject.keys),
      subject.operand as fc.Arbitrary<unknown>,
    ),
    { minLength: 1, maxLength: 3 },
  )

  it('change a stored value like a known one, also in sequence', ({ expect }) => {
    fc.assert(
      fc.property<[unknown, [ModifierKey, unknown][]]>(
        subject.input,
        steps,
        (submitted, changes) => {
          const start = field.normalise(submitted)
          record.store(start)
          const apply = (first: Parameters<NonNullable<typeof modify>>[0]) =>
            changes.reduce(
              (current, [key, by]) => field.modifiers[key]?.(current, by) ?? current,
              first,
            )
          const modify = field.modifiers[subject.keys[0]]

          const known = apply({ known: start })
          const changed = apply({ sql: record.stored })
          if ('sql' in changed) record.assign(changed.sql)
          else record.store(changed.known)

          expect(JSON.stringify(record.read())).toBe(
            JSON.stringify('known' in known && known.known),
          )
        },
      ),
    )
  })
})
