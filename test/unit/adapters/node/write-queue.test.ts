import { describe, it } from 'vitest'
import { type QueuedWrite, WriteQueue, type WriterTurns } from '#adapters/node/write-queue.ts'

interface NamedWrite extends QueuedWrite {
  readonly name: string
}

function write(name: string, options: Partial<QueuedWrite> = {}): NamedWrite {
  return { name, size: 1, isAlone: false, ...options }
}

/** A queue that notes its groups. */
function queueOf(turns?: WriterTurns) {
  const groups: string[][] = []
  const queue = new WriteQueue<NamedWrite>(
    turns ?? { take: (run) => run(), end: () => undefined },
    (group) => void groups.push(group.map(({ name }) => name)),
  )
  return { queue, groups }
}

async function afterPoll(times = 1): Promise<void> {
  for (let n = 0; n < times; n++) await new Promise((resolve) => setImmediate(resolve))
}

describe('the write queue', () => {
  it('runs what arrives together as one group, in its order', async ({ expect }) => {
    const { queue, groups } = queueOf()

    for (const name of ['a', 'b', 'c']) queue.add(write(name))
    const before = [...groups]
    await afterPoll()
    queue.add(write('d'))
    await afterPoll()

    expect(before).toEqual([])
    expect(groups).toEqual([['a', 'b', 'c'], ['d']])
  })

  it.for([
    { name: 'one that must be alone', options: { isAlone: true } },
    { name: 'a large one', options: { size: 51 } },
  ])('runs $name at once, alone, after those before it', async ({ options }, { expect }) => {
    const { queue, groups } = queueOf()

    queue.add(write('a'))
    queue.add(write('b'))
    queue.add(write('large', options))
    queue.add(write('c'))
    await afterPoll(2)

    expect(groups).toEqual([['a', 'b'], ['large'], ['c']])
  })

  it('runs a large one without a delay if no other waits', ({ expect }) => {
    const { queue, groups } = queueOf()

    queue.add(write('large', { size: 250 }))

    expect(groups).toEqual([['large']])
  })

  it('ends a group before it gets long', async ({ expect }) => {
    const { queue, groups } = queueOf()

    for (let n = 0; n < 12; n++) queue.add(write(String(n), { size: 50 }))
    await afterPoll(4)

    expect(groups.map(({ length }) => length)).toEqual([5, 5, 2])
  })

  it('takes what has come until its turn, and asks again for what comes later', async ({
    expect,
  }) => {
    const asked: (() => void)[] = []
    let ended = 0
    const turns = { take: (run: () => void) => void asked.push(run), end: () => void ended++ }
    const { queue, groups } = queueOf(turns)

    queue.add(write('a'))
    await afterPoll()
    queue.add(write('b'))
    queue.add(write('c', { isAlone: true }))
    const askedBefore = asked.length
    asked.shift()?.()
    const askedAfter = asked.length
    asked.shift()?.()

    expect([askedBefore, askedAfter]).toEqual([1, 1])
    expect(groups).toEqual([['a', 'b'], ['c']])
    expect([ended, asked]).toEqual([2, []])
  })
})
