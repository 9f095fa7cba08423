import { type Memory, memoryOf } from '../process-usage.ts'
import { median } from '../statistics.ts'
import type { HostEffort, Sides } from './compare-hosts.ts'
import type { Figure } from './host-report.ts'
import { startProgram } from './server-process.ts'

/** The memory of both processes after what they have done, and when idle. None where there is no `/proc`. */
export async function compareMemory(
  sides: Sides,
  { idleSeconds }: HostEffort,
): Promise<readonly Figure[]> {
  const memory = (): (Memory | undefined)[] => sides.map(({ server }) => memoryOf(server.pid))
  const [first, second] = memory()
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000))
  const [firstIdle, secondIdle] = memory()
  if (first === undefined || second === undefined) return []
  const figure = (name: string, one: number, another: number, most?: number): Figure => ({
    name,
    unit: 'MB',
    values: [one, another],
    ratio: one / another,
    must: { of: 'value', ...(most !== undefined && { most }) },
  })
  return [
    figure('memory after the run', first.now, second.now, 200),
    figure('memory at its peak', first.peak, second.peak),
    figure('memory when idle', firstIdle?.now ?? 0, secondIdle?.now ?? 0),
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
