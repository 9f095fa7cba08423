/*
 * Compares the requests per second of the product with a bare Hono handler that sends the same SQL
 * to the same database. Both are measured in turns, so that other load affects both.
 */
import { runCommand } from '#cli/terminal/run-command.ts'
import { positiveNumber, readArguments } from '#cli/terminal/usage.ts'
import { requestsPerSecond, send } from './load.ts'
import { recordingPath, replayPath } from './recording.ts'
import type { Recording, Replay } from './recording.ts'
import { loadOf, prepareScenarios } from './scenarios.ts'
import type { BenchServers, Scenario } from './scenarios.ts'
import { serveWorkers } from '../support/serve-workers.ts'

/** The target: the product's share of the bare handler's requests per second. */
const aim = 0.8

interface Measurement {
  readonly name: string
  readonly product: number
  readonly bare: number
  readonly ratio: number
  readonly trips: number
}

const help = `npm run bench -- [options]

  --seconds N   how long each turn takes (default: 0.5)
  --rounds N    how many turns each side has per request (default: 15)
  --help        this text
`

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

async function measure(
  servers: BenchServers,
  scenario: Scenario,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<Measurement> {
  const replay = await record(servers, scenario)
  await send({
    url: servers.origins.bare + replayPath,
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(replay),
  })
  const [product, bare] = [
    loadOf(scenario, servers.origins.product),
    loadOf(scenario, servers.origins.bare),
  ]
  for (const load of [product, bare]) await requestsPerSecond(load, seconds / 2)

  const turns: { product: number; bare: number }[] = []
  for (let round = 0; round < rounds; round++) {
    turns.push({
      product: await requestsPerSecond(product, seconds),
      bare: await requestsPerSecond(bare, seconds),
    })
  }
  return {
    name: scenario.name,
    product: median(turns.map((turn) => turn.product)),
    bare: median(turns.map((turn) => turn.bare)),
    ratio: median(turns.map((turn) => turn.product / turn.bare)),
    trips: replay.batches.length,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(48)}${cells.map((cell) => cell.padStart(12)).join('')}\n`
}

function measuredRow({ name, product, bare, ratio, trips }: Measurement): string {
  const mark = ratio >= aim ? '' : `   under ${aim}`
  return row(
    name,
    `${product.toFixed(0)}/s`,
    `${bare.toFixed(0)}/s`,
    ratio.toFixed(2),
    String(trips),
  ).replace('\n', `${mark}\n`)
}

await runCommand(async (args) => {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        seconds: { type: 'string', default: '0.5' },
        rounds: { type: 'string', default: '15' },
        help: { type: 'boolean', short: 'h' },
      },
    },
    'npm run bench -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const effort = {
    seconds: positiveNumber('--seconds', values.seconds),
    rounds: positiveNumber('--rounds', values.rounds),
  }
  const servers = await serveWorkers({
    product: 'src/worker.ts',
    recording: 'test/bench/recording-worker.ts',
    bare: 'test/bench/bare-worker.ts',
  })
  try {
    const scenarios = await prepareScenarios(servers)
    process.stdout.write(row('', 'Arete', 'bare', 'ratio', 'D1 trips'))
    for (const scenario of scenarios) {
      process.stdout.write(measuredRow(await measure(servers, scenario, effort)))
    }
    return 0
  } finally {
    await servers.stop()
  }
})
