import { describe, it } from 'vitest'
import type { RealtimeAccount } from '#platform/realtime.ts'
import { clientsThatGiveWay } from '#realtime/shares.ts'

interface Held {
  readonly name: string
  readonly ip: string
  readonly account: RealtimeAccount | undefined
  readonly connectedAt: number
  readonly characters: number
}

function account(recordId: string): RealtimeAccount {
  const token = { sessionId: recordId, tokenKey: 'k', secretDigest: 's', isSuperuser: false }
  return { collectionId: 'users', recordId, ...token }
}

function held(name: string, ip: string, characters: number, recordId?: string): Held {
  const own = recordId === undefined ? undefined : account(recordId)
  return { name, ip, account: own, connectedAt: 0, characters }
}

/**
 * The clients that are disconnected for a guest who wants this many characters, if nothing is free.
 */
function givingWay(
  others: readonly Held[],
  ip: string,
  amount: number,
  recordId?: string,
): string[] | undefined {
  const own = recordId === undefined ? undefined : account(recordId)
  const wanted = { ip, account: own, amount, excess: amount }
  const ended = clientsThatGiveWay(others, ({ characters }) => characters, wanted)
  return ended?.map(({ name }) => name)
}

describe('a full shard', () => {
  it('disconnects clients of the address with the most, its largest client first', ({ expect }) => {
    const others = [
      held('small', '1.1.1.1', 10),
      held('large', '1.1.1.1', 90),
      held('other', '2.2.2.2', 95),
    ]

    expect(givingWay(others, '3.3.3.3', 10)).toEqual(['large'])
  })

  it('disconnects further clients of the address with the most at that point', ({ expect }) => {
    const others = [
      held('a', '1.1.1.1', 40),
      held('b', '1.1.1.1', 40),
      held('c', '2.2.2.2', 60),
      held('d', '3.3.3.3', 5),
    ]

    expect(givingWay(others, '4.4.4.4', 30)).toEqual(['a'])
    expect(givingWay(others, '4.4.4.4', 39)).toEqual(['a'])
    expect(givingWay([...others, held('e', '5.5.5.5', 90)], '4.4.4.4', 35)).toEqual(['e'])
  })

  it('rejects a client that would have as much as those with the most', ({ expect }) => {
    const others = [held('a', '1.1.1.1', 50), held('b', '2.2.2.2', 40)]

    expect(givingWay(others, '3.3.3.3', 50)).toBeUndefined()
    expect(givingWay(others, '2.2.2.2', 11)).toEqual(['b'])
    expect(givingWay(others, '1.1.1.1', 60)).toBeUndefined()
  })

  it('admits many behind one address, even if one of them has everything', ({ expect }) => {
    const others = [held('hog', '1.1.1.1', 90), held('neighbour', '1.1.1.1', 10)]

    expect(givingWay(others, '1.1.1.1', 10)).toEqual(['hog'])
  })

  it('counts an account once, wherever it connects from, and a guest fourfold', ({ expect }) => {
    const others = [
      held('phone', '1.1.1.1', 30, 'ada'),
      held('laptop', '2.2.2.2', 31, 'ada'),
      held('guest', '1.1.1.1', 20),
    ]

    expect(givingWay(others, '3.3.3.3', 5)).toEqual(['guest'])
    expect(givingWay(others.slice(0, 2), '3.3.3.3', 5)).toEqual(['laptop'])
    expect(givingWay(others, '1.1.1.1', 30, 'bob')).toEqual(['guest', 'laptop'])
  })

  it('treats a network of IPv6 addresses as one customer', ({ expect }) => {
    const others = [
      held('a', '2001:db8::1', 30),
      held('b', '2001:db8::2', 30),
      held('c', '1.1.1.1', 50),
    ]

    expect(givingWay(others, '2.2.2.2', 10)).toEqual(['a'])
  })
})
