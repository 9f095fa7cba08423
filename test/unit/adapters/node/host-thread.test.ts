import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, it } from 'vitest'
import { createHostThreads, createSharedTurns } from '#adapters/node/host-thread.ts'
import { connectCalls } from '#adapters/node/thread-calls.ts'

describe('the turns of threads', () => {
  it('come one at a time, and to every thread', async ({ expect }) => {
    const memory = new SharedArrayBuffer(8)
    const workerData = { memory, times: 200 }
    const program = join(import.meta.dirname, 'turn-taker.ts')

    const threads = Array.from({ length: 3 }, () => new Worker(program, { workerData }))
    const ended = await Promise.all(threads.map((thread) => once(thread, 'exit')))

    expect(ended).toEqual([[0], [0], [0]])
    expect([...new Int32Array(memory)]).toEqual([0, 600])
  })

  it('come at once if there is no other, and again after the end of one', async ({ expect }) => {
    const turns = createSharedTurns(new Int32Array(new SharedArrayBuffer(4)))
    const taken: string[] = []

    turns.take(() => taken.push('a'))
    const second = new Promise<void>((resolve) =>
      turns.take(() => {
        taken.push('b')
        resolve()
      }),
    )
    const before = [...taken]
    turns.end()
    await second

    expect([before, taken]).toEqual([['a'], ['a', 'b']])
  })
})

describe('calls between threads', () => {
  function connectPair() {
    const [one, other] = createHostThreads(2)
    const [port, otherPort] = [one?.ports[1], other?.ports[0]]
    if (port === undefined || otherPort === undefined) throw new Error('There is no channel.')
    const functions = {
      double: async (map: ReadonlyMap<string, number>) =>
        new Map([...map].map(([name, n]) => [name, n * 2])),
      fail: async (message: string) => await Promise.reject(new Error(message)),
    }
    connectCalls(otherPort, functions)
    return connectCalls<typeof functions>(port, {})
  }

  it('return what the function returns, each to its caller', async ({ expect }) => {
    const call = connectPair()

    const results = await Promise.all([1, 2].map((n) => call('double', new Map([['a', n]]))))

    expect(results).toEqual([new Map([['a', 2]]), new Map([['a', 4]])])
  })

  it('fail as a call of a Durable Object does', async ({ expect }) => {
    const call = connectPair()

    await expect(call('fail', 'D1_ERROR: no')).rejects.toMatchObject({
      message: 'D1_ERROR: no',
      remote: true,
    })
  })
})
