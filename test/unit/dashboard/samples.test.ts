import { runInNewContext } from 'node:vm'
import { assert, jsonValue, property } from 'fast-check'
import { describe, it } from 'vitest'
import { javaScriptLiteral } from '#dashboard/api-page/literals.ts'
import { durationInWords } from '#dashboard/sign-in-options/duration.ts'

describe('javaScriptLiteral', () => {
  it('writes a value that means the same', ({ expect }) => {
    assert(
      property(jsonValue(), (value) => {
        const read: unknown = runInNewContext(`JSON.stringify(${javaScriptLiteral(value)})`)
        expect(JSON.parse(String(read))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('javaScriptLiteral of unusual keys', () => {
  it.for(['__proto__', 'constructor', 'a b', "it's", ''])('keeps %s', (key, { expect }) => {
    const value = JSON.parse(`{${JSON.stringify(key)}: {"a": 1}}`) as unknown
    const read: unknown = runInNewContext(`JSON.stringify(${javaScriptLiteral(value)})`)
    expect(read).toBe(JSON.stringify(value))
  })
})

describe('durationInWords', () => {
  it.for([
    [0, '0 seconds'],
    [90, '1 minute 30 seconds'],
    [432_000, '5 days'],
    [90_061, '1 day 1 hour 1 minute 1 second'],
  ] as const)('reads %i as %s', ([seconds, words], { expect }) => {
    expect(durationInWords(seconds)).toBe(words)
  })
})
