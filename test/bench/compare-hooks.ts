/*
 * Compares the CPU time of the plain Worker with that of a Worker whose application has a hook of each
 * kind that does nothing. Both take turns, so that other load affects both.
 */
import { startLoadGenerator } from './load/load-generator.ts'
import type { WorkerEffort } from './compare-workers.ts'
import { childrenNamed, cpuMilliseconds } from './process-usage.ts'
import { loadOf, prepareScenarios } from './scenarios.ts'
import { median } from './statistics.ts'
import { serveWorkers } from '../support/serve-workers.ts'

/** The most that hooks may cost. */
const most = 1.03

/** Measures both. Returns the table line by line. */
export async function* compareHooks(effort: WorkerEffort): AsyncGenerator<string, void> {
  const servers = await serveWorkers({
    product: 'src/worker.ts',
    hooked: 'test/bench/no-op-worker.ts',
  })
  const generator = startLoadGenerator()
  try {
    const scenarios = await prepareScenarios(servers)
    yield row('', 'plain', 'hooks', 'ratio', 'must')
    for (const scenario of scenarios.filter(({ name }) => name.includes(effort.only))) {
      const [plain, hooked] = (['product', 'hooked'] as const).map((name) =>
        loadOf(scenario, servers.origins[name]),
      )
      if (plain === undefined || hooked === undefined) continue
      const cpuOf = async (load: typeof plain): Promise<number> => {
        const before = runtimeCpu()
        const { responses } = await generator.send(load, { requests: effort.cpuRequests })
        return ((runtimeCpu() - before) * 1000) / responses
      }
      for (const load of [plain, hooked]) await cpuOf(load)
      const turns: { plain: number; hooked: number }[] = []
      for (let round = 0; round < effort.rounds; round++) {
        turns.push({ plain: await cpuOf(plain), hooked: await cpuOf(hooked) })
      }
      const ratio = median(turns.map((turn) => turn.hooked / turn.plain))
      const figures = [
        `${median(turns.map((turn) => turn.plain)).toFixed(0)} µs`,
        `${median(turns.map((turn) => turn.hooked)).toFixed(0)} µs`,
        ratio.toFixed(3),
        `≤ ${most}`,
      ]
      yield row(scenario.name, ...figures).replace('\n', ratio <= most ? '\n' : '  missed\n')
    }
  } finally {
    generator.stop()
    await servers.stop()
  }
}

/** The runtime is the only child of this name, and serves both Workers. */
function runtimeCpu(): number {
  const [pid] = childrenNamed('workerd')
  const milliseconds = pid === undefined ? undefined : cpuMilliseconds(pid)
  if (milliseconds === undefined) throw new Error('This system does not tell the CPU time.')
  return milliseconds
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(48)}${cells.map((cell) => cell.padStart(11)).join('')}\n`
}
