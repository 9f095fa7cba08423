import fc from 'fast-check'
import type { CollectionField } from 'pocketbase'
import { describe, it } from 'vitest'
import {
  boolCodec,
  dateCodec,
  jsonCodec,
  listCodec,
  numberCodec,
  textCodec,
} from '#dashboard/fields/values/csv-codec.ts'
import { InvalidInput } from '#dashboard/fields/field-type.ts'
import { readCsv, safeCell, writeCsv } from '#dashboard/records/transfer/csv.ts'
import { decodeText, guessEncoding } from '#dashboard/records/transfer/decode-text.ts'
import { readJsonTable } from '#dashboard/records/transfer/read-json.ts'

const one = { name: 'field', type: 'text', maxSelect: 1 } as unknown as CollectionField
const many = { ...one, maxSelect: 9 }
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('=1+1', "'=1", '-5', '+a', '@x', '\t', 'a\r\nb', '"', '', "''+", ' a ', 'a;b,c'),
)
const dates = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('T', ' '))

/** A value after it was written to a file and read from it. */
function throughFile(text: string): string {
  const { rows } = readCsv(writeCsv(['id', 'value'], [['r1', text]]), ',')
  return String(rows[0]?.cells[1])
}

describe('a CSV file', () => {
  it.for([
    { name: 'text', codec: textCodec, field: one, values: texts },
    {
      name: 'number',
      codec: numberCodec,
      field: one,
      values: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    },
    { name: 'bool', codec: boolCodec, field: one, values: fc.boolean() },
    { name: 'date', codec: dateCodec, field: one, values: fc.oneof(dates, fc.constant('')) },
    { name: 'one of a select', codec: listCodec, field: one, values: texts },
    { name: 'a list', codec: listCodec, field: many, values: fc.array(texts) },
    {
      name: 'JSON',
      codec: jsonCodec,
      field: one,
      values: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    },
  ])('gives back every value of $name', ({ codec, field, values }, { expect }) => {
    fc.assert(
      fc.property(values as fc.Arbitrary<unknown>, (value) => {
        expect(codec.read(throughFile(codec.write(value)), field)).toEqual(value)
      }),
    )
  })

  it('has no cell that a spreadsheet takes for a formula', ({ expect }) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(/^[=@\t\r]|^[+-](?![\d.]+(?:e[+-]?\d+)?$)/i.test(safeCell(text))).toBe(false)
      }),
    )
  })

  it('says at which line a row begins, and finds the delimiter', ({ expect }) => {
    const table = readCsv('\uFEFFid;note\r\na;"two\r\nlines"\r\n\r\nb;x\r\n')

    expect(table.delimiter).toBe(';')
    expect(table.rows).toEqual([
      { line: 2, cells: ['a', 'two\r\nlines'] },
      { line: 5, cells: ['b', 'x'] },
    ])
  })

  it.for([
    [numberCodec, 'abc'],
    [boolCodec, 'perhaps'],
    [dateCodec, 'tomorrow'],
    [jsonCodec, '{'],
  ] as const)('does not read what is no value (%#)', ([codec, text], { expect }) => {
    expect(codec.read(text, one)).toBeInstanceOf(InvalidInput)
  })

  it('is read in the encoding of old spreadsheets when it is not UTF-8', ({ expect }) => {
    const bytes = Uint8Array.from([0x47, 0x72, 0xfc, 0xdf, 0x65])

    expect(guessEncoding(bytes)).toBe('windows-1252')
    expect(decodeText(bytes, 'windows-1252')).toBe('Gr\u00FC\u00DFe')
  })
})

describe('a JSON file', () => {
  it.for(['[{"a":1,"b":"x"},{"b":null}]', '{"a":1,"b":"x"}\n{"b":null}\n'])(
    'is a table of values: %s',
    (text, { expect }) => {
      const { header, rows } = readJsonTable(text)

      expect(header).toEqual(['a', 'b'])
      expect(rows.map(({ cells }) => cells)).toEqual([
        [1, 'x'],
        [undefined, null],
      ])
    },
  )
})
