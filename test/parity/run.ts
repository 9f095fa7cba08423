/*
 * The parity run: the real PocketBase and Arete side by side, given the same requests.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Baseline } from './baseline.ts'
import { areas } from './corpus/areas.ts'
import { runGenerator } from './generator/run-generator.ts'
import { parseListedDifferences } from './listed-differences.ts'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { type Options, help, parseOptions } from './options.ts'
import { Pair } from './pair.ts'
import { Report } from './report.ts'
import { runCorpus } from './run-corpus.ts'
import { startArete } from './servers/arete.ts'
import { startMailCatcher } from './servers/mail-catcher.ts'
import { startNodeArete } from './servers/node-arete.ts'
import { startPocketBase } from './servers/pocketbase.ts'
import type { ParityServer } from './servers/server.ts'
import { startSignInProvider } from './servers/sign-in-provider.ts'

/** The ids of differences that only applications with hooks have begin with this. */
const ofHooks = 'hooks-'

const differencesFile = join(import.meta.dirname, '../../docs/differences.md')

/** Runs everything requested. Returns true if there are only listed differences. */
async function run(options: Options, servers: ParityServer[]): Promise<boolean> {
  const startedAt = Date.now()
  const starting = [
    startPocketBase('PocketBase'),
    options.isSelfTest
      ? startPocketBase('PocketBase 2')
      : options.host === 'node'
        ? startNodeArete()
        : startArete(options.hasHooks ? 'hooks' : 'plain'),
  ]
  for (const server of starting)
    void server.then(
      (started) => servers.push(started),
      () => undefined,
    )
  const [left, right] = await Promise.all(starting)
  if (left === undefined || right === undefined) throw new Error('Two servers are needed.')

  const listed = options.isSelfTest
    ? []
    : parseListedDifferences(await readFile(differencesFile, 'utf8')).filter(
        ({ id }) => options.hasHooks || !id.startsWith(ofHooks),
      )
  const report = new Report([left.name, right.name], listed, { verbose: options.verbose })
  report.progress(`${left.name} on port ${left.port}, ${right.name} on port ${right.port}`)

  const catcher = await startMailCatcher()
  const provider = await startSignInProvider()
  const pair = new Pair(left, right, report, catcher)
  pair.remember('provider', provider.url)
  try {
    await pair.signInSuperuser()
    const baseline = await Baseline.of(pair)
    if (options.only !== 'generator') {
      await runCorpus(pair, report, chosenAreas(options.scenario), baseline)
    }
    if (options.only !== 'corpus') {
      await baseline.restoreSettings()
      await runGenerator(pair, report, baseline, options)
    }
  } catch (error) {
    report.fault(`The run broke off: ${String(error)}`)
    throw error
  } finally {
    pair.close()
    await catcher.stop()
    await provider.stop()
    report.summarise(Date.now() - startedAt)
  }
  return report.isClean
}

function chosenAreas(name: string | undefined): typeof areas {
  if (name === undefined) return areas
  const chosen = areas.map((area) => ({
    ...area,
    scenarios: area.scenarios.filter((scenario) => scenario.name.includes(name)),
  }))
  if (chosen.every((area) => area.scenarios.length === 0)) {
    throw new UsageError(`No scenario's name contains ${JSON.stringify(name)}.`)
  }
  return chosen
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    console.log(help)
    return 0
  }
  const servers: ParityServer[] = []
  const stop = (): Promise<unknown> => Promise.allSettled(servers.map((server) => server.stop()))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(130)))
  }
  try {
    return (await run(options, servers)) ? 0 : 1
  } finally {
    await stop()
  }
}

await runToStatus(main)
// A connection that is kept alive would hold the process for its time-out.
process.exit()
