/*
 * The command `arete dev`: serves a project in the Workers runtime, by `wrangler dev`, which serves a
 * saved file at once.
 */
import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import { openDeployment } from '#cli/deployment/deployment.ts'
import { installDashboard } from '#cli/deployment/install-dashboard.ts'
import { keepLocalSettingsKey } from '#cli/deployment/settings-key.ts'
import { startWrangler } from '#cli/deployment/wrangler.ts'
import { WranglerError } from '#cli/deployment/wrangler-error.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { expectFreePort, localHost, readPort, usualPort } from './local-port.ts'
import { runningText } from './running-text.ts'
import { firstStopSignal } from './stop-signal.ts'

const help = `Serves the project on this machine, in the Workers runtime, and again after each change of a file.
Its data is stored in .wrangler/state.

  npm run dev                   on http://${localHost}:${usualPort}
  npm run dev -- --port 9000    on another port, like PORT=9000 npm run dev
`

/**
 * Serves until the process is told to stop, and returns the exit status.
 *
 * @throws {UsageError} If the options or the port cannot be used.
 */
export async function serveProject(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, port: { type: 'string' } },
    },
    'npm run dev -- --help',
  )
  if (values.help === true) {
    say(help)
    return 0
  }
  const stopped = firstStopSignal()
  const port = readPort(values.port ?? process.env['PORT'])
  await expectFreePort(port, 'npm run dev --')
  say('Starting Arete and updating its tables.\n')
  const setupToken = await prepare()

  const address = `http://${localHost}:${port}`
  const wrangler = serveWithWrangler(port)
  const ended = once(wrangler, 'close')
  const isServing = await Promise.race([answers(`${address}/api/health`, wrangler), stopped])
  const jobs = setInterval(() => void runScheduledJobs(address), 60_000)
  if (isServing === true) {
    await runScheduledJobs(address)
    const create = 'npx arete superuser upsert EMAIL PASSWORD --persist-to .wrangler/state'
    const superusers = { help: 'npx arete superuser --help', create }
    say(runningText({ address, setupToken, superusers }))
  }
  await Promise.race([stopped, ended])
  clearInterval(jobs)
  if (wrangler.exitCode !== null) {
    throw new WranglerError('wrangler has ended. Its messages are above.')
  }
  endGroup(wrangler)
  await ended
  return 0
}

function say(text: string): void {
  process.stdout.write(text)
}

/** Makes what a start needs. Returns the token of a setup link, if there is no superuser. */
async function prepare(): Promise<string | undefined> {
  await keepLocalSettingsKey()
  await installDashboard()
  const { token, statement } = await newSetupLink(new Date())
  const { db, close } = await openDeployment({ location: 'local' })
  try {
    const [, superusers] = await db.batch([
      db.prepare(statement),
      db.prepare('SELECT 1 FROM "_superusers" LIMIT 1'),
    ])
    return superusers?.results.length === 0 ? token : undefined
  } finally {
    await close()
  }
}

function serveWithWrangler(port: number): ChildProcess {
  const address = ['--ip', localHost, '--port', String(port)]
  return startWrangler(
    [
      'dev',
      ...address,
      '--var',
      'LOCAL_INBOX:1',
      '--minify=false',
      '--show-interactive-dev-session=false',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  )
}

/** True once the server answers, false if wrangler ends before. */
async function answers(url: string, wrangler: ChildProcess): Promise<boolean> {
  while (wrangler.exitCode === null) {
    try {
      const { body } = await fetch(url)
      await body?.cancel()
      return true
    } catch {
      // It has not bound the port yet.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return false
}

/** Runs the due jobs. `wrangler dev` has no scheduler, but this address; failures are in its log. */
async function runScheduledJobs(address: string): Promise<void> {
  try {
    const { body } = await fetch(`${address}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`)
    await body?.cancel()
  } catch {
    // The next minute is another attempt.
  }
}

/** Ends wrangler and the runtime, which are a process group. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM')
  } catch {
    // It has just ended.
  }
}
