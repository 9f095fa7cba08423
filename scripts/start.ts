/*
 * The local server: applies missing migrations, reports whether there is a superuser, and serves
 * until it is stopped.
 */
import { localStateFolder } from '#cli/deployment/local-runtime.ts'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { keepLocalSettingsKey } from '#cli/deployment/settings-key.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { expectFreePort, localHost as host, readPort, usualPort } from '#serve/local-port.ts'
import { runningText } from '#serve/running-text.ts'
import { firstStopSignal } from '#serve/stop-signal.ts'
import { buildDashboard, isDashboardStale, updateDashboard } from './dashboard-build.ts'
import type { LocalServer } from './local-server.ts'

const command = 'npm start --'

const help = `Runs Arete on this machine. Its data is stored in .wrangler/state.

  npm start                   on http://${host}:${usualPort}
  npm start -- --port 9000    on another port, like PORT=9000 npm start
  npm start -- --prepare      only prepares the next start, as npm install does
`

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        port: { type: 'string' },
        prepare: { type: 'boolean' },
      },
    },
    'npm start -- --help',
  )
  if (values.help) {
    say(help)
    return 0
  }
  if (values.prepare) return await prepare()

  const stopped = firstStopSignal()
  const port = readPort(values.port ?? process.env['PORT'])
  await expectFreePort(port, command)
  say('Starting Arete and updating its tables.\n')
  await keepLocalSettingsKey()
  const server = await serve(port)
  say(
    runningText({
      address: `http://${host}:${port}`,
      setupToken: server.setupToken,
      superusers: {
        help: 'npm run superuser -- --help',
        create: 'npm run superuser -- upsert EMAIL PASSWORD',
      },
    }),
  )
  const jobs = runScheduledJobs(server)

  await stopped
  clearInterval(jobs)
  await server.stop()
  return 0
}

function say(text: string): void {
  process.stdout.write(text)
}

/** Prepares the next start. Fails with one line, because npm install runs it and continues. */
async function prepare(): Promise<number> {
  try {
    await keepLocalSettingsKey()
    const { prepareStart } = await import('./local-server.ts')
    await Promise.all([updateDashboard(), prepareStart()])
    return 0
  } catch (error) {
    const [reason] = String(error).split('\n')
    process.stderr.write(`Could not prepare the first start, which will take longer: ${reason}\n`)
    return 1
  }
}

async function serve(port: number): Promise<LocalServer> {
  // This takes a second to load, so the first line is printed before.
  const { prepareStart, startLocalServer } = await import('./local-server.ts')
  const [, prepared] = await Promise.all([tryToUpdateDashboard(), prepareStart()])
  try {
    return await startLocalServer(prepared, {
      host,
      port,
      stateFolder: localStateFolder,
      variables: { LOCAL_INBOX: '1' },
    })
  } catch (error) {
    // Another program may have taken the port in the meantime.
    await expectFreePort(port, command)
    throw error
  }
}

/** A build that fails is no reason not to start: the API works without the dashboard. */
async function tryToUpdateDashboard(): Promise<void> {
  if (!isDashboardStale()) return
  say('Building the dashboard.\n')
  try {
    await buildDashboard()
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}

/** Runs the scheduled jobs now and every minute. */
function runScheduledJobs(server: LocalServer): NodeJS.Timeout {
  // The server logs failures; the next minute is another attempt.
  const run = (): void => void server.runScheduledJobs().catch(() => undefined)
  run()
  return setInterval(run, 60_000)
}

await runToStatus(main)
