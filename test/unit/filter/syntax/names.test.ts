import { describe, it } from 'vitest'
import { readsCaller, readsOtherRecords } from '#filter/syntax/names.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

function parsed(text: string) {
  const result = parseFilter(text)
  if (!result.ok) throw new Error(result.fault.message)
  return result.filter
}

describe('what a filter reads', () => {
  it.for([
    ['@request.auth.id = owner', true],
    ["owner = 'x' || (title = 'a' && geoDistance(@request.auth.lon, 1, 2, 3) > 5)", true],
    ["title = '@request.auth.id'", false],
    ["@request.query.a = '1'", false],
    ["@request.authority = '1'", false],
  ] as const)('reads the caller: %s', ([text, expected], { expect }) => {
    expect(readsCaller(parsed(text))).toBe(expected)
  })

  it.for([
    ["tags.title = 'a'", true],
    ["posts_via_author.title ?= 'a'", true],
    ["@collection.posts.id != ''", true],
    ["title = 'a.b' && number > 1.5", false],
    ['@request.auth.id = owner', false],
    ['created > @now', false],
    ["title:lower = 'a'", false],
  ] as const)('reads other records: %s', ([text, expected], { expect }) => {
    expect(readsOtherRecords(parsed(text))).toBe(expected)
  })
})
