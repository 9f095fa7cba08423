import { describe, it } from 'vitest'
import { explainLink, searchOfLog } from '#dashboard/access/explain-link.ts'

function entry(changes: Readonly<Record<string, unknown>>) {
  const data = { method: 'GET', status: 404, url: '/api/collections/posts/records/abc', auth: '' }
  return { data: { ...data, ...changes } }
}

describe('the explained request of a log entry', () => {
  it('is a view by the account of the entry', ({ expect }) => {
    expect(searchOfLog(entry({ auth: 'users', authId: 'u1' }))).toMatchObject({
      collection: 'posts',
      action: 'view',
      as: 'users/u1',
      record: 'abc',
    })
  })

  it('is a list with its filter by a guest', ({ expect }) => {
    const url = '/api/collections/posts/records?filter=a%20%3D%201&sort=-b'

    expect(searchOfLog(entry({ url, status: 403 }))).toMatchObject({
      action: 'list',
      as: 'guest',
      filter: 'a = 1',
      sort: '-b',
    })
  })

  it.for([
    [{ method: 'PATCH' }, 'update'],
    [{ method: 'DELETE' }, 'delete'],
    [{ method: 'POST', url: '/api/collections/posts/records', status: 400 }, 'create'],
  ] as const)('of %j is a %s', ([changes, action], { expect }) => {
    expect(searchOfLog(entry(changes))?.action).toBe(action)
  })

  it.for([{ status: 200 }, { url: '/api/health' }, { method: 'PUT' }, { status: 500 }])(
    'does not exist for %j',
    (changes, { expect }) => {
      expect(searchOfLog(entry(changes))).toBeUndefined()
    },
  )
})

it('a link to the explainer leaves out what is empty', ({ expect }) => {
  expect(explainLink({ collection: 'posts', record: '', rule: undefined }).search).toEqual({
    collection: 'posts',
  })
})
