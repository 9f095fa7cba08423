import { describe, it } from 'vitest'
import { ruleWarnings, type WarningCode } from '#dashboard/rules/rule-warnings.ts'

const teams = {
  id: 'teams1',
  name: 'teams',
  type: 'base',
  listRule: null,
  fields: [
    { name: 'name', type: 'text' },
    { name: 'members', type: 'relation', maxSelect: 9, collectionId: 'users1' },
  ],
}
const users = { id: 'users1', name: 'users', type: 'auth', listRule: '', fields: [] }
const posts = {
  id: 'posts1',
  name: 'posts',
  type: 'base',
  listRule: '',
  fields: [
    { name: 'title', type: 'text' },
    { name: 'author', type: 'relation', maxSelect: 1, collectionId: 'users1' },
    { name: 'owner', type: 'relation', maxSelect: 1, collectionId: 'users1', required: true },
    { name: 'team', type: 'relation', maxSelect: 1, collectionId: 'teams1' },
  ],
}

function codesOf(ruleName: string, rule: string | null): readonly WarningCode[] {
  return ruleWarnings({ ...posts, [ruleName]: rule }, ruleName, [posts, teams, users])
}

const cases: readonly (readonly [WarningCode, string, string | null, string | null])[] = [
  ['open-write', 'createRule', '', "@request.auth.id != ''"],
  ['open-write', 'updateRule', '', null],
  ['constant', 'viewRule', "'a' = 'a' && title = 'x'", "title = 'x'"],
  ['constant', 'viewRule', 'title = title', 'title = author.name'],
  [
    'guest-equals-empty',
    'viewRule',
    'author = @request.auth.id',
    "author = @request.auth.id && @request.auth.id != ''",
  ],
  [
    'guest-equals-empty',
    'viewRule',
    "title = 'x' || @request.auth.id = author",
    'owner = @request.auth.id',
  ],
  [
    'guest-equals-empty',
    'viewRule',
    'author = @request.auth.id && @request.auth.verified = false',
    'author = @request.auth.id && @request.auth.verified = true',
  ],
  [
    'all-of-many',
    'viewRule',
    'team.members.id = @request.auth.id',
    'team.members.id ?= @request.auth.id',
  ],
  ['all-of-many', 'viewRule', "comments_via_post.text = 'x'", "team.name = 'x'"],
  [
    'unchanged-body',
    'updateRule',
    "@request.body.title = 'x'",
    '@request.body.title:changed = false || @request.body.title:isset = false',
  ],
  [
    'client-alone',
    'viewRule',
    "@request.headers.x_key = 'secret'",
    "@request.headers.x_key = 'secret' && title = 'x'",
  ],
]

describe('the warnings about a rule', () => {
  it.for(cases)('find %s in %s %j, and not in %j', ([code, name, wrong, right], { expect }) => {
    expect(codesOf(name, wrong)).toContain(code)
    expect(codesOf(name, right)).not.toContain(code)
  })

  it('find a view of records that only superusers may list', ({ expect }) => {
    const view = {
      id: 'view1',
      name: 'names',
      type: 'view',
      listRule: '',
      fields: [],
      viewQuery: 'SELECT id, name FROM teams',
    }

    expect(ruleWarnings(view, 'listRule', [teams])).toEqual(['view-past-rule'])
    expect(ruleWarnings(view, 'listRule', [{ ...teams, listRule: '' }])).toEqual([])
  })

  it('leave out a collection of accounts where users sign up', ({ expect }) => {
    expect(ruleWarnings({ ...users, createRule: '' }, 'createRule', [users])).toEqual([])
    expect(ruleWarnings({ ...users, deleteRule: '' }, 'deleteRule', [users])).toEqual([
      'open-write',
    ])
  })

  it('are silenced by a comment that names them', ({ expect }) => {
    const rule = 'author = @request.auth.id // lint-ok: guest-equals-empty, drafts are public'

    expect(codesOf('viewRule', rule)).toEqual([])
  })

  it('do not exist for a closed, an open list or an invalid rule', ({ expect }) => {
    expect([null, '', 'title ='].flatMap((rule) => codesOf('listRule', rule))).toEqual([])
  })
})
