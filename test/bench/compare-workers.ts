/*
 * Compares the requests per second of the product with a bare Hono handler that sends the same SQL
 * to the same database. Both are measured in turns, so that other load affects both.
 */
import { type LoadGenerator, startLoadGenerator } from './load/load-generator.ts'
import { send } from './load/load.ts'
import { childrenNamed, cpuMilliseconds } from './process-usage.ts'
import { recordingPath, replayPath } from './recording.ts'
import type { Recording, Replay } from './recording.ts'
import { loadOf, prepareScenarios } from './scenarios.ts'
import type { BenchServers, Scenario } from './scenarios.ts'
import { median } from './statistics.ts'
import { serveWorkers } from '../support/serve-workers.ts'

/** The least share of the bare handler's requests per second, for all but a signed-in list. */
const aim = 0.9

/** The effort of a comparison. */
export interface WorkerEffort {
  /** The time of a turn. */
  readonly seconds: number
  /** The turns of each side. */
  readonly rounds: number
  /** The requests over which CPU time is measured. */
  readonly cpuRequests: number
  /** Only scenarios whose name contains it are measured. */
  readonly only: string
}

interface Measurement {
  readonly scenario: Scenario
  readonly product: number
  readonly bare: number
  readonly ratio: number
  readonly trips: number
  /** The runtime's CPU time per request, in microseconds, where the system tells it. */
  readonly cpu: { readonly product: number; readonly bare: number } | undefined
}

/** Measures the Worker beside the bare handler. Returns the table line by line. */
export async function* compareWorkers(effort: WorkerEffort): AsyncGenerator<string, void> {
  const servers = await serveWorkers({
    product: 'src/worker.ts',
    recording: 'test/bench/recording-worker.ts',
    bare: 'test/bench/bare-worker.ts',
  })
  const generator = startLoadGenerator()
  try {
    const scenarios = await prepareScenarios(servers)
    yield row('', 'Arete', 'bare', 'ratio', 'must', 'D1 trips', 'Arete CPU', 'bare CPU', 'ratio')
    for (const scenario of scenarios.filter(({ name }) => name.includes(effort.only))) {
      yield measuredRow(await measure(servers, generator, scenario, effort))
    }
  } finally {
    generator.stop()
    await servers.stop()
  }
}

async function measure(
  servers: BenchServers,
  generator: LoadGenerator,
  scenario: Scenario,
  { seconds, rounds, cpuRequests }: WorkerEffort,
): Promise<Measurement> {
  const replay = await record(servers, scenario)
  await send({
    url: servers.origins.bare + replayPath,
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(replay),
  })
  const product = loadOf(scenario, servers.origins.product)
  const bare = loadOf(scenario, servers.origins.bare)
  for (const load of [product, bare]) await generator.send(load, { seconds: seconds / 2 })

  const turn = async (load: typeof product): Promise<number> => {
    const { responses, seconds: taken } = await generator.send(load, { seconds })
    return responses / taken
  }
  const turns: { product: number; bare: number }[] = []
  for (let round = 0; round < rounds; round++) {
    turns.push({ product: await turn(product), bare: await turn(bare) })
  }
  const cpuOf = async (load: typeof product): Promise<number | undefined> => {
    const before = runtimeCpu()
    const { responses } = await generator.send(load, { requests: cpuRequests })
    const after = runtimeCpu()
    if (before === undefined || after === undefined) return undefined
    return ((after - before) * 1000) / responses
  }
  const [productCpu, bareCpu] = [await cpuOf(product), await cpuOf(bare)]
  return {
    scenario,
    product: median(turns.map((taken) => taken.product)),
    bare: median(turns.map((taken) => taken.bare)),
    ratio: median(turns.map((taken) => taken.product / taken.bare)),
    trips: replay.batches.length,
    cpu:
      productCpu === undefined || bareCpu === undefined
        ? undefined
        : { product: productCpu, bare: bareCpu },
  }
}

/** Records the calls that one request makes, once the caches are warm. */
async function record(servers: BenchServers, scenario: Scenario): Promise<Replay> {
  const load = loadOf(scenario, servers.origins.recording)
  const ask = {
    method: 'GET',
    headers: {},
    url: servers.origins.recording + recordingPath,
  } as const
  await send(load)
  await send(ask)
  const answer = JSON.parse(await send(load)) as { id?: string }
  const recording = JSON.parse(await send(ask)) as Recording
  return {
    batches: recording.batches,
    keys: scenario.readsSession === true ? recording.keys : [],
    ...(scenario.method === 'POST' && answer.id !== undefined && { unique: answer.id }),
  }
}

/** The runtime is the only child of this name, and serves all Workers. */
function runtimeCpu(): number | undefined {
  const [pid] = childrenNamed('workerd')
  return pid === undefined ? undefined : cpuMilliseconds(pid)
}

function measuredRow({ scenario, product, bare, ratio, trips, cpu }: Measurement): string {
  const must = scenario.must ?? aim
  return row(
    scenario.name,
    `${product.toFixed(0)} /s`,
    `${bare.toFixed(0)} /s`,
    ratio.toFixed(2),
    `≥ ${must}`,
    String(trips),
    ...(cpu === undefined
      ? []
      : [
          `${cpu.product.toFixed(0)} µs`,
          `${cpu.bare.toFixed(0)} µs`,
          (cpu.product / cpu.bare).toFixed(2),
        ]),
  ).replace('\n', ratio >= must ? '\n' : '  missed\n')
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(48)}${cells.map((cell) => cell.padStart(11)).join('')}\n`
}
