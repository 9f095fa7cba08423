import { describe, it } from 'vitest'
import { validateRule } from '#filter/validate-rule.ts'
import { World } from './collections.ts'

const world = new World({
  posts: { fields: { t: 'text', m: 'selects', secret: 'hidden text', team: '-> teams' } },
  teams: { fields: { name: 'text' } },
})

function fault(rule: string): string | undefined {
  return validateRule(rule, world.collection('posts'), world.catalog)
}

describe('accepts', () => {
  const rules = [
    "@request.auth.id != ''",
    '@request.auth.nope.nope = 1',
    '@request.body.team.nope = 1',
    "team.name = 'x' && secret = ''",
    "@collection.teams.name ?= 'x'",
    "team.posts_via_team.t = '' || t = ''",
  ]

  for (const rule of rules) {
    it(rule, ({ expect }) => {
      expect(fault(rule)).toBeUndefined()
    })
  }
})

describe('names the fault of', () => {
  const rules = [
    { rule: '', words: 'Empty expression.' },
    { rule: 'nope = 1', words: 'Unknown field "nope".' },
    { rule: 'team.nope = 1', words: 'Unknown field "nope".' },
    { rule: 'nope_via_x.y = 1', words: 'Unknown field "nope_via_x".' },
    { rule: '@collection.nope.x = 1', words: 'Unknown collection "nope".' },
    { rule: '@request.body.t:each = 1', words: 'The field "t" holds no list.' },
    { rule: 'now() = 1', words: 'Unknown function "now".' },
    { rule: 't = ', words: 'Incomplete expression.' },
  ]

  for (const { rule, words } of rules) {
    it(JSON.stringify(rule), ({ expect }) => {
      expect(fault(rule)).toBe(words)
    })
  }
})
