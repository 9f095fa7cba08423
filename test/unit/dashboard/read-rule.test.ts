import { describe, it } from 'vitest'
import { completeRule } from '#dashboard/rules/complete-rule.ts'
import { readRule, type RuleCollection } from '#dashboard/rules/read-rule.ts'
import { ruleInWords } from '#dashboard/rules/rule-in-words.ts'

const users: RuleCollection = {
  id: 'u',
  name: 'users',
  type: 'auth',
  fields: [
    { name: 'id', type: 'text' },
    { name: 'email', type: 'email' },
  ],
}
const posts: RuleCollection = {
  id: 'p',
  name: 'posts',
  type: 'base',
  fields: [
    { name: 'id', type: 'text' },
    { name: 'title', type: 'text' },
    { name: 'author', type: 'relation', collectionId: 'u' },
    { name: 'meta', type: 'json' },
  ],
}
const comments: RuleCollection = {
  id: 'c',
  name: 'comments',
  type: 'base',
  fields: [
    { name: 'id', type: 'text' },
    { name: 'post', type: 'relation', collectionId: 'p' },
  ],
}
const all = [users, posts, comments]

describe('readRule', () => {
  it.for([
    "title = '' || author.email ~ '@example.com'",
    'author.posts_via_author.title:lower = "a"',
    'comments_via_post.id ?!= null && meta.a.b > @now',
    "@request.auth.anything != '' && @request.body.title:isset = false",
    '@collection.users:other.email = title && @request.headers.x_a = @request.query.b',
    'geoDistance(meta.lon, meta.lat, 1, 2) < 3 && strftime("%Y", id) = "2026"',
  ])('finds no fault in %s', (rule, { expect }) => {
    expect(readRule(rule, posts, all).faults).toEqual([])
  })

  it.for([
    { rule: 'titel = 1', from: 0, to: 5 },
    { rule: "title = '' && author.name = 1", from: 21, to: 25 },
    { rule: 'title.x = 1', from: 0, to: 5 },
    { rule: 'title:size = 1', from: 5, to: 10 },
    { rule: '@collection.nothing.id = 1', from: 12, to: 19 },
    { rule: '@today = 1', from: 0, to: 6 },
    { rule: 'lower(title) = 1', from: 0, to: 5 },
    { rule: '@request.cookies.a = 1', from: 0, to: 18 },
    { rule: 'posts_via_author.id = 1', from: 0, to: 16 },
  ])('finds the position of the fault in $rule', ({ rule, from, to }, { expect }) => {
    expect(readRule(rule, posts, all).faults).toMatchObject([{ from, to }])
  })

  it('finds the fields that a rule of another collection leads to', ({ expect }) => {
    const { uses } = readRule('post.author.email = @collection.posts.title', comments, all)

    expect(uses).toEqual([
      { collection: 'c', field: 'post' },
      { collection: 'p', field: 'author' },
      { collection: 'u', field: 'email' },
      { collection: 'p', field: 'title' },
    ])
  })
})

describe('completeRule', () => {
  const labels = (before: string): string[] =>
    completeRule(before, posts, all)?.options.map(({ label }) => label) ?? []

  it.for([
    { before: 'tit', label: 'title' },
    { before: 'author.', label: 'posts_via_author' },
    { before: 'author.posts_via_author.', label: 'meta' },
    { before: '(title = 1) && @request.', label: 'auth' },
    { before: '@request.auth.em', label: 'email' },
    { before: '@request.body.', label: 'title' },
    { before: '@collection.', label: 'comments' },
    { before: '@collection.comments:a.', label: 'post' },
    { before: 'title:', label: 'lower' },
  ])('suggests $label after $before', ({ before, label }, { expect }) => {
    expect(labels(before)).toContain(label)
  })

  it('suggests nothing inside of a text', ({ expect }) => {
    expect(completeRule("title = 'a", posts, all)).toBeUndefined()
  })
})

describe('ruleInWords', () => {
  it.for([
    { rule: "@request.auth.id != ''", words: 'Allowed if the caller is signed in.' },
    {
      rule: 'a = true && (b = @request.auth.id || @request.body.c:isset = false)',
      words: 'Allowed if a is true and (b is the caller, or the presence of the sent c is false).',
    },
  ])('reads $rule', ({ rule, words }, { expect }) => {
    expect(ruleInWords(rule)).toBe(words)
  })
})

describe('the filter of a webhook', () => {
  it('knows former values, and no request', ({ expect }) => {
    const faults = (filter: string) =>
      readRule(filter, posts, all, 'event').faults.map(({ from, to }) => filter.slice(from, to))

    expect(faults('@old.title != title && @old.author.email = "a"')).toEqual([])
    expect(faults('@old.titel != title')).toEqual(['titel'])
    expect(faults('author = @request.auth.id')).toEqual(['@request.auth.id'])
    expect(readRule('@old.title = 1', posts, all).faults).toHaveLength(1)
  })

  it('is completed with former values', ({ expect }) => {
    const labels = (before: string) =>
      completeRule(before, posts, all, 'event')?.options.map(({ label }) => label)

    expect(labels('@')).toContain('@old.')
    expect(labels('@')).not.toContain('@request.')
    expect(labels('@old.au')).toContain('author')
    expect(labels('@old.author.')).toContain('email')
    expect(labels('@request.')).toEqual([])
  })

  it('is read in words', ({ expect }) => {
    expect(ruleInWords('@old.title != title', 'event')).toBe(
      'Sent if the former title is not title.',
    )
  })
})
