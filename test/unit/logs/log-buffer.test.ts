import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createLogBuffer } from '#logs/log-buffer.ts'
import type { LogEntry } from '#logs/log-entry.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function entry(id: number): () => LogEntry {
  return () => ({ id: String(id), level: 0, message: '', data: {}, created: '' })
}

function recordWrites(): { groups: number[]; write(entries: readonly LogEntry[]): Promise<void> } {
  const groups: number[] = []
  return {
    groups,
    async write(entries) {
      groups.push(entries.length)
    },
  }
}

describe('the buffer of log entries', () => {
  it('writes the entries of three seconds at once', async ({ expect }) => {
    const buffer = createLogBuffer()
    const { groups, write } = recordWrites()

    const additions = [1, 2, 3].map((id) => buffer.add(entry(id), write))
    await vi.advanceTimersByTimeAsync(2999)
    expect(groups).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all(additions)

    expect(groups).toEqual([3])
  })

  it('writes at most once for fifty entries under load', async ({ expect }) => {
    const buffer = createLogBuffer()
    const { groups, write } = recordWrites()

    const additions: Promise<void>[] = []
    for (let id = 0; id < 3000; id++) {
      additions.push(buffer.add(entry(id), write))
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(10_000)
    await Promise.all(additions)

    expect(groups.reduce((sum, size) => sum + size, 0)).toBe(3000)
    expect(groups.length).toBeLessThanOrEqual(3000 / 50)
  })

  it('does not hold more than two hundred', async ({ expect }) => {
    const buffer = createLogBuffer()
    const { groups, write } = recordWrites()

    for (let id = 0; id < 200; id++) void buffer.add(entry(id), write)
    await vi.advanceTimersByTimeAsync(0)

    expect(groups).toEqual([200])
  })

  it('continues after a failed write', async ({ expect }) => {
    const buffer = createLogBuffer()
    const { groups, write } = recordWrites()

    const failing = buffer.add(entry(1), () => Promise.reject(new Error('full')))
    const outcome = expect(failing).rejects.toThrow('full')
    await vi.advanceTimersByTimeAsync(3000)
    await outcome
    const next = buffer.add(entry(2), write)
    await vi.advanceTimersByTimeAsync(3000)
    await next

    expect(groups).toEqual([1])
  })

  it('finds another writer if the waiting one was aborted with its request', async ({ expect }) => {
    const buffer = createLogBuffer()
    const { groups, write } = recordWrites()

    void buffer.add(entry(1), write)
    vi.clearAllTimers()
    vi.setSystemTime(Date.now() + 6000)
    const second = buffer.add(entry(2), write)
    await vi.advanceTimersByTimeAsync(3000)
    await second

    expect(groups).toEqual([2])
  })
})
