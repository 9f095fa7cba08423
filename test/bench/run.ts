/* Measures Arete beside something else, in turns, so that other load affects both. */
import { runCommand } from '#cli/terminal/run-command.ts'
import { positiveNumber, readArguments, UsageError } from '#cli/terminal/usage.ts'
import type { WorkerEffort } from './compare-workers.ts'
import type { HostEffort } from './hosts/compare-hosts.ts'
import type { ServerProgram } from './hosts/server-process.ts'

const help = `npm run bench -- [options]

Compares the Worker with a bare handler that sends the same SQL:

  npm run bench

Compares it with a Worker whose application has hooks that do nothing, by CPU time:

  npm run bench -- --hooks

Compares a server of your own with PocketBase:

  npm run bench -- --host node --against pocketbase

  --host HOST         worker, node or pocketbase (default: worker)
  --hooks             the Worker with and without hooks
  --against HOST      bare for the Worker, else pocketbase or node
  --seconds N         the time of a turn (default: 0.5)
  --rounds N          the turns that each side takes per figure (default: 15)
  --only TEXT         measures only figures whose name contains this
  --cpu-requests N    worker: the requests to measure CPU time over (default: 5000)
  --records N         node: the records in each table (default: 10000)
  --clients N         node: the subscribers of realtime (default: 2000)
  --idle N            node: the seconds before the memory of an idle server is measured (default: 15)
  --help              this text

PocketBase against itself shows how exact the figures are on this machine.
`

await runCommand(async (args) => {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        host: { type: 'string', default: 'worker' },
        against: { type: 'string' },
        seconds: { type: 'string', default: '0.5' },
        rounds: { type: 'string', default: '15' },
        only: { type: 'string', default: '' },
        'cpu-requests': { type: 'string', default: '5000' },
        records: { type: 'string', default: '10000' },
        clients: { type: 'string', default: '2000' },
        idle: { type: 'string', default: '15' },
        hooks: { type: 'boolean', default: false },
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
    cpuRequests: positiveNumber('--cpu-requests', values['cpu-requests']),
    records: positiveNumber('--records', values.records),
    clients: positiveNumber('--clients', values.clients),
    idleSeconds: positiveNumber('--idle', values.idle),
    only: values.only,
  }
  if (values.hooks) {
    if (values.host !== 'worker') throw new UsageError('--hooks compares Workers.')
    const { compareHooks } = await import('./compare-hooks.ts')
    for await (const line of compareHooks(effort)) process.stdout.write(line)
    return 0
  }
  const { host, against = host === 'worker' ? 'bare' : 'pocketbase' } = values
  for await (const line of await comparison(host, against, effort)) process.stdout.write(line)
  return 0
})

/** Imports only the modules of what is compared: the help needs none. */
async function comparison(
  host: string,
  against: string,
  effort: WorkerEffort & HostEffort,
): Promise<AsyncGenerator<string, void>> {
  if (host === 'worker' && against === 'bare') {
    const { compareWorkers } = await import('./compare-workers.ts')
    return compareWorkers(effort)
  }
  const { compareHosts } = await import('./hosts/compare-hosts.ts')
  return compareHosts([await programOf(host), await programOf(against)], effort)
}

async function programOf(host: string): Promise<ServerProgram> {
  switch (host) {
    case 'pocketbase':
      return (await import('./hosts/pocketbase.ts')).pocketBase
    case 'node':
      return (await import('./hosts/arete-on-node.ts')).areteOnNode
    default:
      throw new UsageError(`No host "${host}" to compare. For help: npm run bench -- --help`)
  }
}
