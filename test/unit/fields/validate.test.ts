import { describe, it } from 'vitest'
import { faultOf, fieldOf } from './stored-field.ts'

const required = { code: 'validation_required', message: 'Cannot be blank.' }
const ownPattern = { primaryKey: true, name: 'id', required: true, pattern: '.*' }

describe('a value of', () => {
  it.for([
    ['text', { required: true }, '', required],
    ['text', { min: 3 }, '', undefined],
    [
      'text',
      { min: 3 },
      'é😀',
      {
        code: 'validation_min_text_constraint',
        message: 'Must be at least 3 character(s).',
        params: { min: 3 },
      },
    ],
    ['text', { max: 2 }, 'é😀', undefined],
    [
      'text',
      {},
      'x'.repeat(5001),
      {
        code: 'validation_max_text_constraint',
        message: 'Must be no more than 5000 character(s).',
        params: { max: 5000 },
      },
    ],
    [
      'text',
      { pattern: '^[a-z]+$' },
      'A',
      { code: 'validation_invalid_format', message: 'Invalid value format.' },
    ],
    ['text', ownPattern, '', required],
    [
      'text',
      ownPattern,
      'a/b.c',
      {
        code: 'validation_forbidden_pk_character',
        message: "'.' is not a valid primary key character.",
        params: { ch: '.' },
      },
    ],
    [
      'text',
      ownPattern,
      'com1',
      {
        code: 'validation_reserved_pk',
        message: "The primary key 'COM1' is reserved and cannot be used.",
        params: { reserved: 'COM1' },
      },
    ],
    ['text', ownPattern, 'com0', undefined],
    ['text', { ...ownPattern, pattern: '^[a-z0-9]+$' }, 'con', undefined],
    [
      'editor',
      { maxSize: 5 },
      'ééé',
      {
        code: 'validation_content_size_limit',
        message: 'The maximum allowed content size is 5 bytes.',
        params: { maxSize: 5 },
      },
    ],
    [
      'editor',
      {},
      'x'.repeat(1_500_001),
      {
        code: 'validation_content_size_limit',
        message: 'The maximum allowed content size is 1500000 bytes.',
        params: { maxSize: 1_500_000 },
      },
    ],
    [
      'number',
      {},
      'Infinity',
      {
        code: 'validation_not_a_number',
        message: 'The submitted number is not properly formatted.',
      },
    ],
    ['number', { required: true }, 'abc', required],
    ['number', { min: 5 }, 0, undefined],
    [
      'number',
      { onlyInt: true, min: 5 },
      1.5,
      { code: 'validation_only_int_constraint', message: 'Decimal numbers are not allowed.' },
    ],
    [
      'number',
      { onlyInt: true },
      1e300,
      { code: 'validation_only_int_constraint', message: 'Decimal numbers are not allowed.' },
    ],
    [
      'number',
      { min: -1.5 },
      -2,
      {
        code: 'validation_min_number_constraint',
        message: 'Must be greater or equal than -1.5.',
        params: { min: -1.5 },
      },
    ],
    [
      'number',
      { max: 1e21 },
      1e22,
      {
        code: 'validation_max_number_constraint',
        message: 'Must be less or equal than 1e+21.',
        params: { max: 1e21 },
      },
    ],
    ['bool', { required: true }, 'yes', required],
    [
      'email',
      {},
      'a@b',
      { code: 'validation_is_email', message: 'Must be a valid email address.' },
    ],
    [
      'email',
      { exceptDomains: ['x.y'] },
      'a@x.y',
      { code: 'validation_email_domain_not_allowed', message: 'Email domain is not allowed.' },
    ],
    ['email', { exceptDomains: ['x.y'] }, 'a@X.y', undefined],
    ['url', {}, 'abc', { code: 'validation_invalid_url', message: 'Must be a valid url.' }],
    ['url', { onlyDomains: ['a.bc'] }, 'http://u@a.bc/x', undefined],
    [
      'url',
      { onlyDomains: ['a.bc'] },
      'http://a.bc:80',
      { code: 'validation_url_domain_not_allowed', message: 'Url domain is not allowed.' },
    ],
    [
      'url',
      { onlyDomains: ['a.bc'] },
      'a.bc',
      { code: 'validation_url_domain_not_allowed', message: 'Url domain is not allowed.' },
    ],
    [
      'date',
      { min: '2024-01-01 01:02:03.5' },
      '2023-01-01',
      {
        code: 'validation_min_greater_equal_than_required',
        message: 'Must be no less than 2024-01-01 01:02:03.5 +0000 UTC.',
        params: { threshold: '2024-01-01T01:02:03.5Z' },
      },
    ],
    [
      'date',
      { max: '2025-01-01' },
      '2026-01-01',
      {
        code: 'validation_max_less_equal_than_required',
        message: 'Must be no greater than 2025-01-01 00:00:00 +0000 UTC.',
        params: { threshold: '2025-01-01T00:00:00Z' },
      },
    ],
    ['date', { required: true }, 1715000000, required],
    ['select', { required: true, values: ['a'] }, [], required],
    [
      'select',
      { values: ['a', 'b', 'c'], maxSelect: 2 },
      ['a', 'b', 'x'],
      {
        code: 'validation_too_many_values',
        message: 'Select no more than 2.',
        params: { maxSelect: 2 },
      },
    ],
    [
      'select',
      { values: ['a'] },
      'x y',
      {
        code: 'validation_invalid_value',
        message: 'Invalid value x y',
        params: { value: 'x y' },
      },
    ],
    [
      'relation',
      { minSelect: 2, maxSelect: 3 },
      ['a'],
      {
        code: 'validation_not_enough_values',
        message: 'Select at least 2.',
        params: { minSelect: 2 },
      },
    ],
    ['relation', { minSelect: 2, maxSelect: 3 }, [], undefined],
    [
      'json',
      { maxSize: 5 },
      { a: 1 },
      {
        code: 'validation_json_size_limit',
        message: 'The maximum allowed JSON size is 5 bytes.',
        params: { maxSize: 5 },
      },
    ],
    ['json', { required: true }, '[]', required],
    ['json', { required: true }, null, required],
    ['json', { required: true }, 0, undefined],
    [
      'json',
      {},
      `${'['.repeat(1001)}${']'.repeat(1001)}`,
      { code: 'validation_invalid_json', message: 'Must be a valid json value.' },
    ],
    ['geoPoint', { required: true }, 'x', required],
    [
      'geoPoint',
      {},
      { lon: 181, lat: 91 },
      {
        code: 'validation_invalid_latitude',
        message: 'Latitude must be between -90 and 90 degrees.',
      },
    ],
    [
      'geoPoint',
      {},
      { lon: -181, lat: 0 },
      {
        code: 'validation_invalid_longitude',
        message: 'Longitude must be between -180 and 180 degrees.',
      },
    ],
    [
      'password',
      { min: 3 },
      'ab',
      { code: 'validation_min_text_constraint', message: 'Must be at least 3 character(s).' },
    ],
    [
      'password',
      {},
      'x'.repeat(72),
      { code: 'validation_max_text_constraint', message: 'Must be less than 71 character(s).' },
    ],
    [
      'password',
      { min: 50 },
      'é'.repeat(37),
      { code: 'validation_invalid_value', message: 'Invalid value.' },
    ],
    [
      'password',
      { pattern: '\\d' },
      'abc',
      { code: 'validation_invalid_format', message: 'Invalid value format.' },
    ],
    ['password', { required: true }, '', required],
  ] as const)('%s %j: %j', ([type, options, input, issue], { expect }) => {
    expect(faultOf(type, options, input)).toEqual(issue)
  })

  it('a primary key is not validated again, but must not change', ({ expect }) => {
    const field = fieldOf('text', { ...ownPattern, pattern: '^\\d+$' })
    const context = { isNew: false, recordId: 'a/b' }

    expect(field.validate('a/b', context)).toBeUndefined()
    expect(field.validate('12', context)).toEqual({
      code: 'validation_pk_change',
      message: 'The record primary key cannot be changed.',
    })
  })
})

describe('normalising', () => {
  it.for([
    ['text', {}, 1e21, '1000000000000000000000'],
    ['text', {}, ' a ', ' a '],
    ['text', {}, ['a'], ''],
    ['number', {}, '.5e3', 500],
    ['bool', {}, 't', true],
    ['date', {}, '2024-05-06T07:08:09+02:00', '2024-05-06 05:08:09.000Z'],
    ['date', {}, 1715000000, ''],
    ['autodate', {}, '2024-05-06', '2024-05-06 00:00:00.000Z'],
    ['select', {}, ['b', 'a', 'b'], 'a'],
    ['select', { maxSelect: 3 }, '["b","a","b"]', ['b', 'a']],
    ['file', {}, null, ''],
    ['file', {}, [['a']], 'a'],
    ['file', { maxSelect: 2 }, ['a', ['b'], ['c', 'd'], [[['e']]], []], ['a', 'b', 'e']],
    ['relation', { maxSelect: 2 }, '', []],
    ['json', {}, '', ''],
    ['json', {}, 'null', null],
    ['json', {}, 'true', true],
    ['json', {}, '123', 123],
    ['json', {}, ' 1', ' 1'],
    ['json', {}, '1 ', 1],
    ['json', {}, '01', '01'],
    ['json', {}, '-', '-'],
    ['json', {}, 'NaN', 'NaN'],
    ['json', {}, '"x"', 'x'],
    ['json', {}, '"x', '"x'],
    ['json', {}, '[1, 2]', [1, 2]],
    ['json', {}, '{a:1}', '{a:1}'],
    ['json', {}, 'a\u0001b', 'a\u0001b'],
    ['geoPoint', {}, '{"lon":1.5,"lat":"2","LAT":3}', { lon: 1.5, lat: 0 }],
    ['geoPoint', {}, [1, 2], { lon: 0, lat: 0 }],
    ['password', {}, 5, '5'],
  ] as const)('%s %j: %j gives %j', ([type, options, input, value], { expect }) => {
    expect(fieldOf(type, options).normalise(input)).toEqual(value)
  })

  it('sorts the keys of JSON, except in a JSON string', ({ expect }) => {
    const field = fieldOf('json')
    const value = { b: 1, é: 1, Z: 1, a: { d: 1, c: [{ z: 1, y: 2 }] }, '😀': 1, '\uffee': 1 }

    const ordered = '{"Z":1,"a":{"c":[{"y":2,"z":1}],"d":1},"b":1,"é":1,"\uffee":1,"😀":1}'
    expect(JSON.stringify(field.normalise(value))).toBe(ordered)
    expect(JSON.stringify(field.normalise('{"b":1,"a":2}'))).toBe('{"b":1,"a":2}')
  })
})
