import { type Memory, memoryOf } from '../process-usage.ts'
import { median } from '../statistics.ts'
import type { HostEffort, Sides } from './compare-hosts.ts'
import type { Figure } from './host-report.ts'
import { startProgram } from './server-process.ts'

/** The memory of both processes after what they have done. None where there is no `/proc`. */
export function compareMemory([one, another]: Sides): readonly Figure[] {
  const memory = [memoryOf(one.server.pid), memoryOf(another.server.pid)] as const
  const [first, second] = memory
  if (first === undefined || second === undefined) return []
  const figure = (name: string, valueOf: (memory: Memory) => number, most?: number): Figure => ({
    name,
    unit: 'MB',
    values: [valueOf(first), valueOf(second)],
    ratio: valueOf(first) / valueOf(second),
    must: { of: 'value', ...(most !== undefined && { most }) },
  })
  return [
    figure('memory after the run', ({ now }) => now, 200),
    figure('memory at its peak', ({ peak }) => peak),
  ]
}

/** Stops both servers, and starts them over their data in turns. */
export async function compareStarts(sides: Sides, { rounds }: HostEffort): Promise<Figure> {
  for (const { server } of sides) await server.stop()
  const start = async ({ program, folder }: Sides[number]): Promise<number> => {
    const server = await startProgram(program, folder)
    await server.stop()
    return server.readyMilliseconds
  }
  const turns: (readonly [number, number])[] = []
  for (let round = 0; round < rounds; round++) {
    turns.push([await start(sides[0]), await start(sides[1])])
  }
  return {
    name: 'ready after',
    unit: 'ms',
    values: [median(turns.map(([one]) => one)), median(turns.map(([, another]) => another))],
    ratio: median(turns.map(([one, another]) => one / another)),
    must: { of: 'value', most: 500 },
  }
}
