import { describe, it } from 'vitest'
import { fieldOf, StoredField } from './stored-field.ts'

function recordWith(type: string, options: Record<string, unknown>, value: unknown): StoredField {
  const record = new StoredField(fieldOf(type, options))
  record.store(record.field.normalise(value))
  return record
}

describe('a relation', () => {
  const missing = 'validation_missing_rel_records'

  it.for([
    [{ maxSelect: 3 }, [], undefined],
    [{ maxSelect: 3 }, ['a', 'b'], undefined],
    [{ maxSelect: 3 }, ['a', 'x'], missing],
    [{}, '', undefined],
    [{}, 'a', undefined],
    [{}, 'x', missing],
    [{}, '5', missing],
  ] as const)('%j to %j', ([options, value, code], { expect }) => {
    const record = recordWith('relation', { ...options, collectionId: 'related' }, value)

    expect(record.fault({ known: value })?.code).toBe(code)
    expect(record.fault({ sql: record.stored })?.code).toBe(code)
  })

  it('to a deleted collection is rejected', ({ expect }) => {
    const record = recordWith('relation', { collectionId: 'gone' }, 'a')

    expect(record.fault({ known: 'a' })).toEqual({
      code: 'validation_missing_rel_collection',
      message: 'Relation connection is missing or cannot be accessed.',
    })
    expect(record.fault({ known: '' })).toBeUndefined()
  })
})

describe('a file field', () => {
  const options = { maxSelect: 2 }
  const invalid = (...names: string[]) => ({
    code: 'validation_invalid_file',
    message: `Invalid new files: [${names.join(' ')}].`,
    params: { invalidFiles: names },
  })

  it.for([
    [['a'], undefined],
    [['b', 'a'], undefined],
    [[], undefined],
    [['a', 'x'], invalid('x')],
    [['x', 'y', 'z'], invalid('x', 'y', 'z')],
    [['x', 'a', 'y', 'x'], invalid('x', 'y')],
  ] as const)('takes no name the record does not have: %j', ([names, issue], { expect }) => {
    const record = recordWith('file', options, ['a', 'b'])

    expect(record.fault({ known: names })).toEqual(issue)
  })

  it('accepts no name for a new record', ({ expect }) => {
    const record = recordWith('file', options, [])

    const fault = record.fault({ known: ['a'] }, { isNew: true, stored: undefined })

    expect(fault).toEqual(invalid('a'))
  })

  it('allows removing names, and rejects adding them', ({ expect }) => {
    const record = recordWith('file', options, ['a', 'b'])
    const { modifiers } = record.field
    const current = { sql: record.stored }

    const less = modifiers['key-']?.(current, ['a', 'gone']) ?? current
    const more = modifiers['key+']?.(current, 'x') ?? current

    expect(record.fault(less)).toBeUndefined()
    expect(record.fault(more)).toEqual(invalid('x'))
  })

  it('does not confuse the name of a single file with another', ({ expect }) => {
    const record = recordWith('file', {}, 'a')

    expect(record.fault({ known: 'a' })).toBeUndefined()
    expect(record.fault({ known: 'b' })).toEqual(invalid('b'))
  })

  it('has a maximum number of files', ({ expect }) => {
    const record = recordWith('file', options, ['a', 'b', 'c'])

    const issue = {
      code: 'validation_too_many_files',
      message: 'The maximum allowed files is 2.',
      params: { maxSelect: 2 },
    }
    expect(record.fault({ sql: record.stored })).toEqual(issue)
    expect(record.fault({ known: ['a', 'b', 'c'] })).toEqual(issue)
  })
})

describe('a primary key', () => {
  const options = { name: 'id', primaryKey: true, required: true, pattern: '.*' }
  const isNew = { isNew: true, stored: undefined, recordId: undefined }

  it('with a custom pattern must differ in more than case', ({ expect }) => {
    const record = new StoredField(fieldOf('text'))
    const field = fieldOf('text', options)
    const safe = fieldOf('text', { ...options, pattern: '^[a-z0-9]+$' })

    expect(record.fault({ known: 'P' }, isNew, field)).toEqual({
      code: 'validation_pk_invalid',
      message: 'The record primary key is invalid or already exists.',
    })
    expect(record.fault({ known: 'q' }, isNew, field)).toBeUndefined()
    expect(record.fault({ known: 'p' }, isNew, safe)).toBeUndefined()
  })
})

describe('a select', () => {
  const options = { values: ['a', 'b'], maxSelect: 2 }

  const invalid = (value: string) => ({
    code: 'validation_invalid_value',
    message: `Invalid value ${value}`,
    params: { value },
  })

  it('names the added value that is not allowed', ({ expect }) => {
    const record = recordWith('select', options, ['a'])

    const changed = record.field.modifiers['key+']?.({ sql: record.stored }, ['zzz'])

    expect(changed && record.fault(changed)).toEqual(invalid('zzz'))
  })

  it('names the stored value that is no longer allowed', ({ expect }) => {
    const record = recordWith('select', options, ['a', 'gone'])
    const single = recordWith('select', { values: ['a'] }, 'gone')

    expect(record.fault({ sql: record.stored })).toEqual(invalid('gone'))
    expect(single.fault({ sql: single.stored })).toEqual(invalid('gone'))
  })
})
