import { type Subscribers, startSubscribers } from '../load/subscribers.ts'
import { cpuMilliseconds } from '../process-usage.ts'
import { median, percentile } from '../statistics.ts'
import type { HostEffort, Side, Sides } from './compare-hosts.ts'
import type { Figure } from './host-report.ts'
import { tickLoad, tickText, tickTopic } from './ticks.ts'

/** Changes of each side in a turn, one after another. */
const changesPerTurn = 5

interface Listened {
  readonly side: Side
  readonly subscribers: Subscribers
}

interface Turn {
  readonly p95: number
  readonly cpuMilliseconds: number | undefined
}

/**
 * Measures the time from the request for a change to the event at each of many subscribers. CPU
 * time is per event.
 */
export async function compareRealtime(
  [one, another]: Sides,
  { clients, rounds }: HostEffort,
): Promise<Figure> {
  const listened: Listened[] = []
  try {
    const listenTo = async (side: Side): Promise<Listened> => {
      const subscribers = await startSubscribers(side.server.origin, tickTopic, clients)
      const added = { side, subscribers }
      listened.push(added)
      return added
    }
    const [first, second] = [await listenTo(one), await listenTo(another)]
    let changes = 0
    const turn = (listener: Listened): Promise<Turn> => takeTurn(listener, () => (changes += 1))
    for (const listener of [first, second]) await turn(listener)
    const turns: (readonly [Turn, Turn])[] = []
    for (let round = 0; round < rounds; round++) turns.push([await turn(first), await turn(second)])

    const p95 = (at: 0 | 1): number => median(turns.map((pair) => pair[at].p95))
    const events = rounds * changesPerTurn * clients
    const cpu = (at: 0 | 1): number =>
      (turns.reduce((sum, pair) => sum + (pair[at].cpuMilliseconds ?? NaN), 0) * 1000) / events
    return {
      name: `realtime, ${clients} told: p95`,
      unit: 'ms',
      values: [p95(0), p95(1)],
      ratio: median(turns.map(([ours, theirs]) => ours.p95 / theirs.p95)),
      must: { of: 'ratio', most: 1 },
      cpu: Number.isNaN(cpu(0)) ? undefined : [cpu(0), cpu(1)],
    }
  } finally {
    await Promise.all(listened.map(({ subscribers }) => subscribers.disconnect()))
  }
}

async function takeTurn({ side, subscribers }: Listened, nextNumber: () => number): Promise<Turn> {
  const { origin, pid } = side.server
  const before = cpuMilliseconds(pid)
  const delays: number[] = []
  for (let change = 0; change < changesPerTurn; change++) {
    const number = nextNumber()
    delays.push(...(await subscribers.hearOf(tickLoad(origin, number), tickText(number))))
  }
  const after = cpuMilliseconds(pid)
  return {
    p95: percentile(delays, 0.95),
    cpuMilliseconds: before === undefined || after === undefined ? undefined : after - before,
  }
}
