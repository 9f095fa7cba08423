import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { Sequencer } from '#realtime/shard/sequencer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function create(batchSize = 50) {
  const told: number[][] = []
  const onGap = vi.fn<() => void>()
  const sequencer = new Sequencer({
    deliver: async (publications) => {
      told.push(publications.map(({ sequence }) => sequence))
    },
    onGap,
    batchSize,
  })
  const add = (sequence: number): Promise<void> => sequencer.add({ sequence, events: [] })
  return { told, onGap, sequencer, add }
}

describe('transactions', () => {
  it('are delivered in order, whichever arrives first', async ({ expect }) => {
    const { told, add } = create()

    await add(7)
    await Promise.all([add(10), add(9), add(8)])

    expect(told.flat()).toEqual([7, 8, 9, 10])
  })

  it('are delivered together, up to the batch size', async ({ expect }) => {
    const { told, add } = create(2)
    await add(1)

    await Promise.all([5, 4, 3, 2].map(add))

    expect(told).toEqual([[1], [2, 3], [4, 5]])
  })

  it('wait a second for a missing one, and continue without it', async ({ expect }) => {
    const { told, add } = create()
    await add(1)
    const later = Promise.all([add(3), add(4)])

    await vi.advanceTimersByTimeAsync(999)
    expect(told.flat()).toEqual([1])
    await vi.advanceTimersByTimeAsync(1)
    await later

    expect(told.flat()).toEqual([1, 3, 4])
  })

  it('that arrive after the timeout are delivered at once, and delay nothing', async ({
    expect,
  }) => {
    const { told, add } = create()
    await add(1)
    const third = add(3)
    await vi.advanceTimersByTimeAsync(1000)
    await third

    await add(2)
    await add(4)

    expect(told.flat()).toEqual([1, 3, 2, 4])
  })

  it('that are missing later are waited for as long as the first', async ({ expect }) => {
    const { told, add } = create()
    await add(1)
    void add(3)
    await vi.advanceTimersByTimeAsync(990)
    await add(2)
    void add(5)

    await vi.advanceTimersByTimeAsync(20)
    await add(4)

    expect(told.flat()).toEqual([1, 2, 3, 4, 5])
  })

  it('that are sent twice are delivered once', async ({ expect }) => {
    const { told, add } = create()
    await Promise.all([add(1), add(1)])
    await add(1)
    const twice = [add(3), add(3)]
    await add(2)
    await Promise.all(twice)

    expect(told.flat()).toEqual([1, 2, 3])
  })

  it('that never arrive are reported as lost once', async ({ expect }) => {
    const { onGap, add } = create()
    await add(1)
    void add(4)

    await vi.advanceTimersByTimeAsync(10_999)
    expect(onGap).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect(onGap).toHaveBeenCalledOnce()
  })

  it('that arrive late are not lost', async ({ expect }) => {
    const { onGap, told, add } = create()
    await add(1)
    void add(3)
    await vi.advanceTimersByTimeAsync(2000)
    await add(2)
    await vi.advanceTimersByTimeAsync(20_000)

    expect(told.flat()).toEqual([1, 3, 2])
    expect(onGap).not.toHaveBeenCalled()
  })

  it('are accepted from any number on after a restart', async ({ expect }) => {
    const { told, sequencer, add } = create()
    await add(7)

    sequencer.reset()
    await add(1)
    await add(2)

    expect(told.flat()).toEqual([7, 1, 2])
  })

  it('that are late never delay later ones', async ({ expect }) => {
    vi.useRealTimers()
    vi.useFakeTimers()
    const told: number[] = []
    const onGap = vi.fn<() => void>()
    const sequencer = new Sequencer({
      deliver: async (publications) => {
        await new Promise((resolve) => setTimeout(resolve, 200))
        told.push(...publications.map(({ sequence }) => sequence))
      },
      onGap,
      batchSize: 50,
    })
    const add = (sequence: number): void => void sequencer.add({ sequence, events: [] })
    add(1)
    await vi.advanceTimersByTimeAsync(300)
    add(5)
    await vi.advanceTimersByTimeAsync(1300)
    add(8)
    await vi.advanceTimersByTimeAsync(900)
    add(2)
    await vi.advanceTimersByTimeAsync(50)
    add(3)
    add(4)
    await vi.advanceTimersByTimeAsync(600)
    add(6)
    add(7)
    await vi.advanceTimersByTimeAsync(30_000)

    expect(told.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(onGap).not.toHaveBeenCalled()
  })

  it('that wait are dropped when all clients are gone', async ({ expect }) => {
    const { sequencer, add } = create()
    await add(1)
    const waiting = add(3)

    sequencer.reset()

    await expect(waiting).resolves.toBeUndefined()
  })
})
