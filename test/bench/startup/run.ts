/*
 * Shows what the Worker does when an isolate starts, which delays the request that started it.
 * Milliseconds differ from run to run, so the ratchet is on the number of function calls, which is
 * the same each time.
 */
import { execFile } from 'node:child_process'
import type { Profiler } from 'node:inspector'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { runWrangler } from '#cli/deployment/wrangler.ts'
import { partOf, sumUp } from '../profile/cpu-profile.ts'
import type { FindPlace } from '../profile/source-places.ts'
import { buildWorker } from '../../../scripts/build-worker.ts'
import type { CalledFunction } from './count-start-calls.ts'
import { readRatchets, recordRatchet } from '../../../scripts/ratchets.ts'

/** Growth within this share is ignored: every new route adds some calls. */
const slack = 0.02

/** The parts of the source to print. */
const mostParts = 15

const help = `Shows what the Worker does when an isolate starts: the function calls by part of the source, and the time
that wrangler check startup measures. Fails if there are more calls than recorded.

  npm run startup
  npm run startup -- --profiles N   the number of time profiles (default: 3)
  npm run startup -- --update       records the current number of calls
`

await runCommand(async (args) => {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        profiles: { type: 'string', default: '3' },
        update: { type: 'boolean' },
      },
    },
    'npm run startup -- --help',
  )
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const profiles = Number(values.profiles)
  if (!Number.isSafeInteger(profiles) || profiles < 0) {
    throw new UsageError('--profiles must be a whole number, 0 for none.')
  }

  const [worker = ''] = await buildWorker('src/worker.ts', 'dist/startup')
  const findPlace = await placesIn(worker)
  const calls = await showCalls(worker, findPlace)
  if (values.update) recordRatchet({ startCalls: calls })
  for (let each = 0; each < profiles; each++) await showTime(findPlace)

  const { startCalls } = readRatchets()
  if (calls <= startCalls * (1 + slack)) return 0
  process.stderr.write(
    `That is more than the ${startCalls} calls in test/bench/ratchets.json. Make what few requests need when one needs it ` +
      '(src/kernel/lazy.ts, import()). If the growth is worth it: npm run startup -- --update, and say why in the commit.\n',
  )
  return 1
})

/** Finds the places in the source of the places in the bundle, its only script. */
async function placesIn(worker: string): Promise<FindPlace> {
  const map = new SourceMap(JSON.parse(await readFile(`${worker}.map`, 'utf8')) as SourceMapPayload)
  return (url, line, column) => {
    if (/^(?:node|node-internal|cloudflare)/.test(url)) return { path: url, line: line + 1 }
    const entry = map.findEntry(Math.max(line, 0), Math.max(column, 0))
    if (!('originalSource' in entry)) return { path: url, line: line + 1 }
    return { path: entry.originalSource, line: entry.originalLine + 1 }
  }
}

/** Shows the calls of a start by part of the source. Returns their number. */
async function showCalls(worker: string, findPlace: FindPlace): Promise<number> {
  const program = join(import.meta.dirname, 'count-start-calls.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, worker], {
    maxBuffer: 64 * 1024 * 1024,
  })
  const parts = new Map<string, number>()
  let total = 0
  for (const { line, column, count } of JSON.parse(stdout) as CalledFunction[]) {
    const part = partOf(findPlace('', line, column).path)
    parts.set(part, (parts.get(part) ?? 0) + count)
    total += count
  }
  process.stdout.write(`A start calls ${total} functions.\n${table(parts, String)}`)
  return total
}

/** Shows the time of a start by part of the source. */
async function showTime(findPlace: FindPlace): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'arete-startup-'))
  try {
    const file = join(folder, 'startup.cpuprofile')
    await runWrangler(['check', 'startup', '--outfile', file])
    const profile = JSON.parse(await readFile(file, 'utf8')) as Profiler.Profile
    const { total, parts } = sumUp(profile, findPlace)
    const milliseconds = (micros: number): string => `${(micros / 1000).toFixed(1)} ms`
    process.stdout.write(
      `\nA start takes ${milliseconds(total)}.\n${table(new Map(parts), milliseconds)}`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function table(parts: ReadonlyMap<string, number>, show: (amount: number) => string): string {
  return [...parts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostParts)
    .map(([part, amount]) => `${show(amount).padStart(10)}  ${part}\n`)
    .join('')
}
