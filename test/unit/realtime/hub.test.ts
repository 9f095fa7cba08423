import { describe, it } from 'vitest'
import type { RealtimeAccount } from '#platform/realtime.ts'
import { groupSubscriptions, Hub } from '#realtime/hub.ts'

const minute = 60_000

function account(recordId: string, sessionId = recordId): RealtimeAccount {
  const token = { tokenKey: 'k', secretDigest: 's', isSuperuser: false }
  return { collectionId: 'users', recordId, sessionId, ...token }
}

function subscription(
  subscriptions: readonly string[],
  who?: RealtimeAccount,
  clientIp = '1.1.1.1',
) {
  return { clientId: 'a', clientIp, subscriptions, account: who }
}

function createHub(): Hub {
  const hub = new Hub()
  hub.connect('a', '1.1.1.1', 0)
  return hub
}

const posts = { id: 'posts_id', name: 'posts' }

describe('a subscription', () => {
  it('is rejected for an unknown client or another address', ({ expect }) => {
    const hub = createHub()

    expect(hub.subscribe({ ...subscription([]), clientId: 'b' })).toBe('missing')
    expect(hub.subscribe(subscription([], undefined, '2.2.2.2'))).toBe('otherAddress')
  })

  it('changes a guest to an account, but never an account to another or a guest', ({ expect }) => {
    const hub = createHub()

    expect(hub.subscribe(subscription(['posts/*']))).toBe('subscribed')
    expect(hub.subscribe(subscription(['posts/*'], account('ada')))).toBe('subscribed')
    expect(hub.subscribe(subscription([], account('ada', 'another session')))).toBe('subscribed')
    expect(hub.subscribe(subscription([], account('bob')))).toBe('otherAccount')
    expect(hub.subscribe(subscription([]))).toBe('otherAccount')
  })

  it('replaces earlier subscriptions', ({ expect }) => {
    const hub = createHub()
    hub.subscribe(subscription(['posts/*', '', 'posts/x']))

    hub.subscribe(subscription(['other/*']))

    expect(hub.topics).toEqual(['other'])
    expect(hub.subscriptionsTo(posts, 'x')).toEqual([])
  })

  it('receives events of a collection by name and id, and of a record, under the subscribed topic', ({
    expect,
  }) => {
    const hub = createHub()
    hub.subscribe(subscription(['posts', 'posts_id/*', 'posts/x', 'posts/y', 'POSTS/*']))

    const heard = hub.subscriptionsTo(posts, 'x').map(({ topic }) => topic.text)

    expect(heard).toEqual(['posts_id/*', 'posts', 'posts/x'])
  })

  it('ends with its client', ({ expect }) => {
    const hub = createHub()
    hub.subscribe(subscription(['posts/*']))

    hub.disconnect('a')

    expect([hub.client('a'), hub.topics]).toEqual([undefined, []])
  })
})

describe('a topic of its own kind', () => {
  it('receives one message', ({ expect }) => {
    const hub = createHub()
    hub.subscribe(subscription(['@oauth2', 'posts/*']))

    expect(hub.takeTopic('a', '@oauth2')?.id).toBe('a')
    expect(hub.takeTopic('a', '@oauth2')).toBeUndefined()
    expect(hub.topics).toEqual(['posts'])
  })
})

describe('a connection', () => {
  it('ends after five minutes without a message', ({ expect }) => {
    const hub = createHub()

    expect(hub.expired(5 * minute - 1)).toEqual([])
    expect(hub.expired(5 * minute).map(({ id }) => id)).toEqual(['a'])
  })

  it('ends after half an hour, whatever it received', ({ expect }) => {
    const hub = createHub()
    const client = hub.client('a')
    if (client !== undefined) client.lastMessageAt = 30 * minute - 1

    expect(hub.expired(30 * minute - 1)).toEqual([])
    expect(hub.expired(30 * minute).map(({ id }) => id)).toEqual(['a'])
  })
})

describe('subscriptions', () => {
  it('are checked together if only the account differs', ({ expect }) => {
    const hub = createHub()
    hub.connect('b', '1.1.1.1', 0)
    hub.subscribe(subscription(['posts/*', 'posts/x'], account('ada')))
    hub.subscribe({ ...subscription(['posts/*'], account('bob')), clientId: 'b' })

    const groups = groupSubscriptions(hub.subscriptionsTo(posts, 'x'))

    expect(groups.map(({ rule, accounts }) => [rule, accounts.length])).toEqual([
      ['list', 2],
      ['view', 1],
    ])
  })

  it('of an address with many others are checked last', ({ expect }) => {
    const hub = createHub()
    hub.connect('b', '1.1.1.1', 0)
    hub.connect('c', '2.2.2.2', 0)
    const topic = (n: number): string =>
      `posts/*?options=${encodeURIComponent(JSON.stringify({ query: { n } }))}`
    const odd = Array.from({ length: 20 }, (_, n) => topic(n))
    hub.subscribe(subscription(odd.slice(0, 10)))
    hub.subscribe({ ...subscription(odd.slice(10)), clientId: 'b' })
    hub.subscribe({ ...subscription([topic(100), topic(101)]), clientIp: '2.2.2.2', clientId: 'c' })

    const groups = groupSubscriptions(hub.subscriptionsTo(posts, 'x'))

    const asked = groups.map(({ query }) => Number(query['n']))
    expect(asked.slice(0, 4).toSorted((a, b) => a - b)).toEqual([0, 1, 100, 101])
    expect(asked).toHaveLength(22)
  })

  it('to very many records are checked as subscriptions to all', ({ expect }) => {
    const hub = createHub()
    const topics = Array.from({ length: 300 }, (_, n) => `posts/${n}`)
    hub.subscribe(subscription(topics))

    const [group] = groupSubscriptions(hub.subscriptionsToCollections(['posts']))

    expect(group?.records).toBe('all')
  })
})

describe('a full shard', () => {
  const large = Array.from({ length: 104 }, (_, at) => `${at}`.padEnd(2500, 'x'))

  /** A hub that guests at one address have filled to the limit. */
  function createFullHub(): Hub {
    const hub = new Hub()
    for (let at = 0; at < 33; at++) {
      hub.connect(`c${at}`, '1.1.1.1', at)
      hub.subscribe({ ...subscription(large), clientId: `c${at}` })
    }
    hub.connect('a', '1.1.1.1', 100)
    return hub
  }

  it('rejects a client that wants as much as all others have', ({ expect }) => {
    const hub = createFullHub()

    expect(hub.subscribe(subscription(large))).toBe('full')
  })

  it('names the clients to disconnect for a small client, also at the same address', ({
    expect,
  }) => {
    const hub = createFullHub()
    const wish = subscription(large.slice(0, 30))

    expect(hub.check(wish)).toBe('subscribed')
    expect(hub.roomToSubscribe(wish).map(({ id }) => id)).toEqual(['c0'])
  })

  it('of connections closes the oldest without subscriptions', ({ expect }) => {
    const hub = new Hub()
    for (let at = 0; at < 4000; at++) hub.connect(`c${at}`, '1.1.1.1', at)
    hub.subscribe({ ...subscription(['posts/*']), clientId: 'c0' })

    expect(hub.roomToConnect('1.1.1.1')?.map(({ id }) => id)).toEqual(['c1'])
    expect(hub.roomToConnect('2.2.2.2')?.map(({ id }) => id)).toEqual(['c1'])
  })
})
