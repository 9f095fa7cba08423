import { describe, it } from 'vitest'
import type { Clause, Explanation } from '#dashboard/api/explain.ts'
import { decidingClause, sentenceOf, textOf } from '#dashboard/access/verdict-sentence.ts'

const comparison = (text: string, holds: boolean | null): Clause => ({
  kind: 'comparison',
  text,
  sign: '=',
  holds,
  left: 'ben',
  right: null,
})
const group = (kind: 'and' | 'or', holds: boolean | null, ...nodes: Clause[]): Clause => ({
  kind,
  holds,
  nodes,
})

function explanation(changes: Partial<Explanation>): Explanation {
  return {
    allowed: false,
    status: 404,
    message: 'Not here.',
    data: {},
    refusedBy: 'rule',
    bypass: false,
    ruleName: 'viewRule',
    rule: 'a = b',
    kind: 'filter',
    draft: false,
    tree: null,
    rows: null,
    also: [],
    ...changes,
  }
}

const yes = comparison('a = 1', true)
const no = comparison('b = 2', false)
const split = group('and', false, yes, comparison('c = 3', true))

describe('the deciding clause', () => {
  it.for<readonly [string, Clause, Clause | undefined]>([
    ['the first failing part of a conjunction', group('and', false, yes, no), no],
    ['the first alternative that holds', group('or', true, no, yes), yes],
    ['a conjunction whose parts hold for different records', split, split],
    ['nothing if the whole rule holds', group('and', true, yes, yes), undefined],
    ['the only comparison', no, no],
    ['nothing before a record is chosen', comparison('a = 1', null), undefined],
    ['a failing part of a failing group', group('and', false, group('and', false, yes, no)), no],
  ])('is %s', ([, tree, expected], { expect }) => {
    expect(decidingClause(tree)).toBe(expected)
  })

  it('is the group if all of its alternatives fail', ({ expect }) => {
    const tree = group('or', false, no, no)

    expect(decidingClause(tree)).toBe(tree)
  })
})

describe('the sentence', () => {
  it.for<readonly [Partial<Explanation>, RegExp]>([
    [{ tree: no }, /^Refused: b = 2 does not hold\. The left side is "ben"; the right side is no/],
    [{ tree: split }, /^Refused: each part holds, but no single related record/],
    [{ tree: group('or', false, no, no) }, /^Refused: none of the 2 alternatives holds\.$/],
    [{ refusedBy: 'locked', kind: 'locked' }, /^Refused: only superusers/],
    [{ refusedBy: 'broken', kind: 'broken' }, /^Refused: the rule is invalid/],
    [{ refusedBy: 'record' }, /^Refused: there is no record x\.$/],
    [{ refusedBy: 'request' }, /^Refused: the rule holds, but the request is invalid\.$/],
    [{ allowed: true, refusedBy: null, bypass: true }, /^Allowed: no rule binds a superuser\.$/],
    [{ allowed: true, refusedBy: null, kind: 'open' }, /^Allowed: this rule is open to everyone/],
    [{ allowed: true, refusedBy: null, tree: yes }, /^Allowed: a = 1 holds\.$/],
  ])('for %j is %s', ([changes, expected], { expect }) => {
    expect(sentenceOf(explanation(changes), 'view', 'x')).toMatch(expected)
  })

  it('begins a text with a line for each clause', ({ expect }) => {
    const text = textOf(explanation({ tree: group('and', false, yes, no) }), 'Refused.')

    expect(text.split('\n')).toEqual([
      'Refused.',
      '404 Not here.',
      '✗ All of these',
      '  ✓ a = 1',
      '      "ben" = no value',
      '  ✗ b = 2',
      '      "ben" = no value',
    ])
  })
})
