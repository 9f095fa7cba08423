/* A thread of a test: takes turns, and in each adds to a number in steps that others must not come between. */
import { workerData } from 'node:worker_threads'
import { createSharedTurns } from '#adapters/node/host-thread.ts'

const { memory, times } = workerData as { memory: SharedArrayBuffer; times: number }
const turns = createSharedTurns(new Int32Array(memory, 0, 1))
const numbers = new Int32Array(memory, 4, 1)
// A thread that only waits for its turn would end; a server listens.
const alive = setInterval(() => undefined, 1000)

for (let n = 0; n < times; n++) {
  await new Promise<void>((resolve) =>
    turns.take(() => {
      const before = numbers[0] ?? 0
      for (let step = 0; step < 2000; step++) numbers[0] = -1
      numbers[0] = before + 1
      turns.end()
      resolve()
    }),
  )
}
clearInterval(alive)
