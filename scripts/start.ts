/*
 * The local server: applies the migrations, says whether there is a superuser, runs `wrangler dev`
 * and stays until it ends or is told to.
 */
import { once } from 'node:events'
import { spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations, queryRows } from '#cli/d1.ts'
import { keepLocalSettingsKey } from '#cli/settings-key.ts'
import { listSuperusers } from '#cli/superuser-statements.ts'
import { readArguments, UsageError } from '#cli/usage.ts'
import { startWrangler, WranglerError } from '#cli/wrangler.ts'

const host = '127.0.0.1'
const defaultPort = 8787

const help = `Serves Arete on this machine. Everything it stores is in .wrangler/state.

  npm start                   on http://${host}:${defaultPort}
  npm start -- --port 9000    on another port; so does PORT=9000 npm start
`

async function main(): Promise<void> {
  const { values } = readArguments(
    { options: { help: { type: 'boolean', short: 'h' }, port: { type: 'string' } } },
    'npm start -- --help',
  )
  if (values.help) return say(help)

  const port = readPort(values.port ?? process.env['PORT'])
  await expectFreePort(port)
  await keepLocalSettingsKey()
  await applyMigrations('local')
  say(await superuserLine())

  const address = ['--ip', host, '--port', String(port)]
  // With --test-scheduled wrangler does not warn that nobody runs the scheduled jobs.
  const server = startWrangler(
    ['dev', ...address, '--log-level', 'warn', '--var', 'LOCAL_INBOX:1', '--test-scheduled'],
    { stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32' },
  )
  stopWithThisProcess(server)
  const ended = once(server, 'exit')
  if (await answers(server, port)) {
    say(runningText(port))
    runScheduledJobs(port)
  }
  const [code] = (await ended) as [number | null]
  process.exit(code ?? 0)
}

function say(text: string): void {
  process.stdout.write(text)
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPort
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new UsageError(`"${text}" is not a port; a port is a number from 1 to 65535.`)
}

/** wrangler would notice a taken port only after seconds, and say so in a trace. */
async function expectFreePort(port: number): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
  } catch (error) {
    throw new UsageError(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port + 1}`,
      { cause: error },
    )
  }
  probe.close()
  await once(probe, 'close')
}

async function superuserLine(): Promise<string> {
  const superusers = await queryRows('local', listSuperusers)
  return superusers.length === 0
    ? 'There is no superuser yet. Make one: npm run superuser -- upsert EMAIL PASSWORD\n'
    : 'Starting Arete.\n'
}

function runningText(port: number): string {
  const address = `http://${host}:${port}`
  return `
Arete is running. Ctrl-C ends it.

  API         ${address}/api/
  Mails       ${address}/_/inbox
  Try it      curl ${address}/api/health
  Superusers  npm run superuser -- --help

`
}

/** Whether the server came up: true once it answers, false when it ended before. */
async function answers(server: ChildProcess, port: number): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await fetch(`http://${host}:${port}/api/health`)
      return true
    } catch {
      await delay(100)
    }
  }
  return false
}

/** Has the scheduled jobs run now and every minute, which wrangler does not do by itself. */
function runScheduledJobs(port: number): void {
  const address = `http://${host}:${port}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`
  // What fails says so in the log of the server; the next minute is another try.
  const run = (): void => void fetch(address).catch(() => undefined)
  run()
  setInterval(run, 60_000).unref()
}

/**
 * Ends the server whichever way this process is told to end.
 *
 * npm does not pass signals on to what a script started; when it goes, this process gets another
 * parent, and that is how its end shows.
 */
function stopWithThisProcess(server: ChildProcess): void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop(server)
  }, 500)
  watch.unref()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop(server))
  }
  process.on('exit', () => stop(server))
}

/** wrangler and its workerd processes form one group; a signal to wrangler alone leaves some behind. */
function stop(server: ChildProcess): void {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(server.pid), '/t', '/f'])
    return
  }
  try {
    process.kill(-server.pid, 'SIGTERM')
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!isGone) throw error
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError || error instanceof WranglerError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
