import { describe, it } from 'vitest'
import { z } from 'zod'
import { formOf } from '#http/body/form.ts'

const shape = z.object({
  name: z.string().default(''),
  count: z.int().default(0),
  isOn: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  note: z.string().nullable().default(null),
  nested: z.object({ deepName: z.string(), size: z.number() }).partial().default({}),
  rows: z.array(z.object({ id: z.string() })).default([]),
})

function json(text: string): Record<string, unknown> {
  return formOf({ kind: 'json', text }, shape)
}

function form(...entries: [string, string][]): Record<string, unknown> {
  return formOf({ kind: 'form', entries }, shape)
}

describe('a body of fixed shape', () => {
  it.for([
    ['nothing', '{}', {}],
    ['null', 'null', {}],
    ['no key in another case', '{"NAME":"a","nested":{"DeepName":"b"}}', { nested: {} }],
    ['the last of equal keys', '{"name":"a","name":"b"}', { name: 'b' }],
    ['no unknown key', '{"other":1,"nested":{"other":2}}', { nested: {} }],
    ['no prototype', '{"__proto__":{"name":"x"},"constructor":1}', {}],
    ['nothing for null', '{"name":null,"nested":null,"count":1}', { count: 1 }],
    ['null where it is a value', '{"note":null}', { note: null }],
    ['an empty list for null', '{"tags":null}', { tags: [] }],
    ['objects in lists', '{"rows":[{"id":"a","x":1},null]}', { rows: [{ id: 'a' }, {}] }],
    ['no dots in JSON keys', '{"nested.deepName":"a"}', {}],
  ] as const)('in JSON says %s', ([, text, document], { expect }) => {
    expect(json(text)).toEqual(document)
  })

  it.for(['[]', '1', '"x"', '{', '{} x', '{"nested":5}', '{"rows":[1]}'])(
    'cannot be the JSON %s',
    (text, { expect }) => {
      expect(() => json(text)).toThrow(SyntaxError)
    },
  )

  it('in a form names nested fields with dots and repeats lists', ({ expect }) => {
    const document = form(
      ['name', '12'],
      ['count', '3'],
      ['isOn', 't'],
      ['tags', 'a'],
      ['tags', 'b'],
      ['nested.deepName', 'x'],
      ['nested.size', '1.5'],
      ['rows', 'x'],
      ['NAME', 'ignored'],
    )

    expect(document).toEqual({
      name: '12',
      count: 3,
      isOn: true,
      tags: ['a', 'b'],
      nested: { deepName: 'x', size: 1.5 },
    })
  })

  it.for([
    ['count', 'x'],
    ['count', ' 1'],
    ['isOn', 'yes'],
  ] as const)('in a form leaves %s=%j for the schema to refuse', ([name, text], { expect }) => {
    expect(shape.safeParse(form([name, text])).success).toBe(false)
  })

  it('in a form takes JSON payloads over plain values', ({ expect }) => {
    expect(form(['name', 'a'], ['@jsonPayload', '{"name":"b","count":1}'])).toEqual({
      name: 'b',
      count: 1,
    })
  })
})
