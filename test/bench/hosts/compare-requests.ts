import type { LoadEnd } from '../load/keep-alive-load.ts'
import type { LoadGenerator } from '../load/load-generator.ts'
import { type Load, send } from '../load/load.ts'
import { cpuMilliseconds } from '../process-usage.ts'
import { median } from '../statistics.ts'
import type { HostEffort, Sides } from './compare-hosts.ts'
import type { Figure } from './host-report.ts'
import { expectSame, hostLoad, type HostScenario, hostScenarios } from './scenarios.ts'

interface Turn {
  readonly perSecond: number
  readonly responses: number
  readonly cpuMilliseconds: number | undefined
}

/** Measures the requests per second of two servers, scenario by scenario. */
export async function* compareRequests(
  sides: Sides,
  generator: LoadGenerator,
  effort: HostEffort,
  isWanted: (scenario: HostScenario) => boolean,
): AsyncGenerator<Figure, void> {
  for (const scenario of hostScenarios(effort.records).filter(isWanted)) {
    yield await compareScenario(scenario, sides, generator, effort)
  }
}

async function compareScenario(
  scenario: HostScenario,
  sides: Sides,
  generator: LoadGenerator,
  { seconds, rounds }: HostEffort,
): Promise<Figure> {
  const loadOf = ({ server, token }: Sides[number]): Load =>
    hostLoad(scenario, server.origin, token)
  expectSame(scenario, [await send(loadOf(sides[0])), await send(loadOf(sides[1]))])

  const turn = (side: Sides[number], end: LoadEnd): Promise<Turn> =>
    takeTurn(generator, loadOf(side), side.server.pid, end)
  for (const side of sides) await turn(side, { seconds: seconds * warmUpTurns })
  const turns: (readonly [Turn, Turn])[] = []
  for (let round = 0; round < rounds; round++) {
    turns.push([await turn(sides[0], { seconds }), await turn(sides[1], { seconds })])
  }
  const ofSide = (at: 0 | 1): readonly Turn[] => turns.map((pair) => pair[at])
  return {
    name: scenario.name,
    unit: '/s',
    values: [rateOf(ofSide(0)), rateOf(ofSide(1))],
    ratio: median(turns.map(([one, another]) => one.perSecond / another.perSecond)),
    must: { of: 'ratio', least: scenario.must },
    cpu: pairOf(cpuPerRequest(ofSide(0)), cpuPerRequest(ofSide(1))),
  }
}

/** Compilers of both runtimes need some thousand requests before the speed is steady. */
const warmUpTurns = 2

async function takeTurn(
  generator: LoadGenerator,
  load: Load,
  pid: number,
  end: LoadEnd,
): Promise<Turn> {
  const before = cpuMilliseconds(pid)
  const { responses, seconds } = await generator.send(load, end)
  const after = cpuMilliseconds(pid)
  return {
    perSecond: responses / seconds,
    responses,
    cpuMilliseconds: before === undefined || after === undefined ? undefined : after - before,
  }
}

function rateOf(turns: readonly Turn[]): number {
  return median(turns.map(({ perSecond }) => perSecond))
}

/** In microseconds. From the sum of all turns, because the system counts in steps of 10 ms. */
function cpuPerRequest(turns: readonly Turn[]): number | undefined {
  const responses = turns.reduce((sum, turn) => sum + turn.responses, 0)
  if (turns.some((turn) => turn.cpuMilliseconds === undefined)) return undefined
  const cpu = turns.reduce((sum, turn) => sum + (turn.cpuMilliseconds ?? 0), 0)
  return (cpu * 1000) / responses
}

/** Both, or neither. */
function pairOf(
  one: number | undefined,
  another: number | undefined,
): readonly [number, number] | undefined {
  return one === undefined || another === undefined ? undefined : [one, another]
}
