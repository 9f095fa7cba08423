/*
 * The local server: applies missing migrations, reports whether there is a superuser, and serves
 * until it is stopped.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { localStateFolder } from '#cli/deployment/local-runtime.ts'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { keepLocalSettingsKey } from '#cli/deployment/settings-key.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { buildDashboard, isDashboardStale, updateDashboard } from './dashboard-build.ts'
import type { LocalServer } from './local-server.ts'

const host = '127.0.0.1'
const defaultPort = 8787

const help = `Runs Arete on this machine. Its data is stored in .wrangler/state.

  npm start                   on http://${host}:${defaultPort}
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

  const stopped = endOfThisProcess()
  const port = readPort(values.port ?? process.env['PORT'])
  await expectFreePort(port)
  say('Starting Arete and updating its tables.\n')
  await keepLocalSettingsKey()
  const server = await serve(port)
  say(runningText(port, server))
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

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPort
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new UsageError(`"${text}" is not a port; a port is a number from 1 to 65535.`)
}

/** Checks the port first, since the runtime would fail last, with a stack trace. */
async function expectFreePort(port: number): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
  } catch (error) {
    throw new UsageError(await whyNotOn(port, error), { cause: error })
  }
  probe.close()
  await once(probe, 'close')
}

async function whyNotOn(port: number, error: unknown): Promise<string> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one from 1024 up.`
  if (code !== 'EADDRINUSE') return `Cannot listen on port ${port}: ${String(error)}`
  const another = `npm start -- --port ${port < 65_535 ? port + 1 : defaultPort}`
  return (await isArete(port))
    ? `Arete is already running: http://${host}:${port}. To run another one: ${another}`
    : `Port ${port} is taken by another program. Choose another: ${another}`
}

/**
 * True if a local Arete is listening there. PocketBase's health check looks the same, except for
 * this header.
 */
async function isArete(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000)
    const { headers, body } = await fetch(`http://${host}:${port}/api/health`, { signal })
    await body?.cancel()
    return headers.get('Server-Timing')?.startsWith('d1;') ?? false
  } catch {
    // Anything that does not speak HTTP, or does not respond in time, is not Arete.
    return false
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
    await expectFreePort(port)
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

function runningText(port: number, { hasSuperuser, setupToken }: LocalServer): string {
  const address = `http://${host}:${port}`
  const superusers = hasSuperuser
    ? 'npm run superuser -- --help'
    : 'none yet: open the link, or npm run superuser -- upsert EMAIL PASSWORD'
  const setup =
    setupToken === undefined
      ? ''
      : `
Create the first superuser here, within a day:

  ${address}/_/setup#${setupToken}
`
  return `
Arete is running. Press Ctrl-C to stop it.
${setup}
  Dashboard   ${address}/_/
  API         ${address}/api/
  Mails       ${address}/_/mail/inbox
  Try it      curl ${address}/api/health
  Superusers  ${superusers}

`
}

/** Runs the scheduled jobs now and every minute. */
function runScheduledJobs(server: LocalServer): NodeJS.Timeout {
  // The server logs failures; the next minute is another attempt.
  const run = (): void => void server.runScheduledJobs().catch(() => undefined)
  run()
  return setInterval(run, 60_000)
}

/**
 * Resolves when this process should stop.
 *
 * npm does not pass signals on to the process of a script. When npm exits, this process gets
 * another parent, which shows that it should stop.
 */
function endOfThisProcess(): Promise<void> {
  const parent = process.ppid
  return new Promise((resolve) => {
    const watch = setInterval(() => {
      if (process.ppid !== parent) resolve()
    }, 500)
    watch.unref()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve())
    }
  })
}

await runToStatus(main)
