/*
 * The npm package as its users have it: packed, installed into a new project from the template, and run
 * there.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import PocketBase from 'pocketbase'
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest'
import { migrate } from '#adapters/node/migrate.ts'
import { openSqlite } from '#adapters/node/open-sqlite.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { sectionsOf } from '#cli/deployment/worker-config.ts'
import { readMigrationState } from '#cli/doctor/examine-deployments.ts'
import type { Examination } from '#cli/doctor/finding.ts'
import { findingsOf } from '#cli/doctor/report.ts'
import { projectConfig } from '#cli/project-config.ts'
import { readVersion } from '#cli/version.ts'
import { buildPackage, packageEntries, packageFolder } from '../../scripts/package-build.ts'
import { apiReport, reportFile } from '../../scripts/package-report.ts'
import { freePort } from '../parity/servers/child-process.ts'
import { imageEnvironment } from '../support/container.ts'

interface Outcome {
  readonly status: number | null
  readonly output: string
}

/** A program that runs in the project. */
interface Program {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
}

const program = join(packageFolder, 'bin/arete.mjs')
const version = await readVersion()

/** An application that says which of its parts ran in which thread. */
const threadedApp = `
  import { appendFileSync, readFileSync } from 'node:fs'
  import { isMainThread } from 'node:worker_threads'
  import { defineApp, durable, type AreteEnv } from 'arete'
  import { serve } from 'arete/node'
  import { Hono } from 'hono'

  const thread = 'thread ' + (isMainThread ? 0 : 1)
  const note = (line: string) => appendFileSync('jobs.txt', line + '\\n')
  note('start of ' + thread)

  const app = defineApp({
    routes: new Hono<AreteEnv>()
      .get('/api/thread', (c) => c.text(thread))
      .get('/api/jobs', (c) => c.json(readFileSync('jobs.txt', 'utf8').trim().split('\\n'))),
    hooks: {
      users: {
        beforeCreate: (e) => void (e.data.name = thread),
        afterCreate: durable('announce', (e) => note('announce ' + e.record.id)),
      },
    },
    crons: [
      {
        id: 'tick',
        expression: '* * * * *',
        run: (arete) => note('tick ' + arete.now.toISOString().slice(0, 16) + ' in ' + thread),
      },
    ],
  })
  await serve(app, import.meta.url)
`

let parent = ''
let project = ''

function start(command: string, args: readonly string[], folder = project): Program {
  const child = spawn(command, args, { cwd: folder, env: imageEnvironment() })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    output,
  }))
  return { child, ended }
}

async function run(command: string, args: readonly string[], folder = project): Promise<Outcome> {
  return await start(command, args, folder).ended
}

/** Starts a server of the project, and waits until it answers. */
async function serve(command: readonly string[], origin: string): Promise<Program> {
  const server = start('node', command)
  onTestFinished(() => void server.child.kill('SIGTERM'))
  const isServing = until(async () => (await fetch(`${origin}/api/health`)).ok)
  const failed = server.ended.then(({ output }) => {
    throw new Error(output)
  })
  await Promise.race([isServing, failed])
  failed.catch(() => undefined)
  return server
}

/** Sends a request over a connection of its own, for which the system chooses a thread. */
async function askAnew(url: string, body?: object): Promise<{ status?: number; text: string }> {
  const method = body === undefined ? 'GET' : 'POST'
  const headers = { 'Content-Type': 'application/json' }
  const sent = request(url, { agent: false, method, headers }).end(body && JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, text: await textOf(response) }
}

/** Asks until something is so. A request that fails is not. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'arete-package-'))
  project = join(parent, 'my-app')
  await buildPackage()
  const created = await run('node', [program, 'create', 'my-app'], parent)
  if (created.status !== 0) throw new Error(created.output)
  const installed = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'])
  if (installed.status !== 0) throw new Error(installed.output)
})

afterAll(async () => {
  await rm(parent, { recursive: true, force: true })
})

describe('a project from the template', () => {
  it('consists of eight files, the headers of its front end, and a .gitignore', async ({
    expect,
  }) => {
    const entries = await readdir(project, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map(({ parentPath, name }) => join(parentPath, name).slice(project.length + 1))

    expect(files.toSorted()).toEqual([
      '.gitignore',
      'package-lock.json',
      'package.json',
      'public/_headers',
      'src/app.ts',
      'src/node.ts',
      'src/worker.ts',
      'test/app.test.ts',
      'tsconfig.json',
      'vitest.config.ts',
      'wrangler.toml',
    ])
  })

  it('has the configuration of Arete’s own Worker, with its own names', async ({ expect }) => {
    const own = await readFile(join(projectFolder, 'wrangler.toml'), 'utf8')
    const config = await readFile(join(project, 'wrangler.toml'), 'utf8')
    const kept = new Set(own.split('\n'))
    const changed = config.split('\n').filter((line) => !kept.has(line) && !line.includes('npx'))

    expect(config).toBe(projectConfig(own, { name: 'my-app', packageName: 'arete' }))
    expect(changed).toEqual([
      'name = "my-app"',
      'database_name = "my-app"',
      'migrations_dir = "node_modules/arete/drizzle"',
      '# database_name = "my-app-logs"',
      '# migrations_dir = "node_modules/arete/drizzle"',
      'bucket_name = "my-app-files"',
      '# queue = "my-app-events"',
      '# queue = "my-app-events"',
    ])
  })

  it('compiles, also with the declarations of the package', async ({ expect }) => {
    const check = await run('npm', ['run', '--silent', 'check'])
    const declarations = await run('npx', ['tsc', '--skipLibCheck', 'false'])

    expect(check).toEqual({ status: 0, output: 'src/app.ts is fine.\n' })
    // Other packages have faults in theirs.
    const faults = declarations.output
      .split('\n')
      .filter((line) => /^(?:node_modules\/arete\/|\.\.)/.test(line))
    expect(faults).toEqual([])
  })

  it('is refused if one of its routes is Arete’s', async ({ expect }) => {
    const module = `import { defineApp } from 'arete'
      import { Hono } from 'hono'
      export default defineApp({ routes: new Hono().get('/api/collections/:name', (c) => c.text('')) })`
    await writeFile(join(project, 'src/colliding.ts'), module)

    const { status, output } = await run('npx', ['arete', 'check', 'src/colliding.ts'])
    await rm(join(project, 'src/colliding.ts'))

    expect(status).toBe(1)
    expect(output).toContain('GET /api/collections/:name')
    expect(output).not.toContain('    at ')
  })

  it('passes its own tests', async ({ expect }) => {
    const { status, output } = await run('npm', ['test'])

    expect({ status, output }).toMatchObject({ status: 0 })
    expect(output).toMatch(/Tests .*passed/)
  })

  it('is served while it changes, by npm run dev', async ({ expect }) => {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const dev = await serve(
      [join(project, 'node_modules/.bin/arete'), 'dev', '--port', String(port)],
      origin,
    )
    const client = new PocketBase(origin)

    const account = { email: 'ann@example.com', password: 'a long password' }
    await client.collection('users').create({ ...account, passwordConfirm: account.password })
    const { record } = await client
      .collection('users')
      .authWithPassword(account.email, account.password)
    const refused = client.collection('users').create({
      ...account,
      email: 'eve@example.com',
      name: 'admin',
      passwordConfirm: account.password,
    })
    await expect(refused).rejects.toMatchObject({
      response: { data: { name: { message: 'Choose another name.' } } },
    })
    const me = await client.send('/api/me', {})
    const dashboard = await (await fetch(`${origin}/_/`)).text()
    const source = await readFile(join(project, 'src/app.ts'), 'utf8')
    await writeFile(join(project, 'src/app.ts'), source.replace(`'world'`, `'change'`))
    await until(async () => (await client.send('/api/hello', {})).hello === 'change')
    await client.collection('users').authRefresh()
    dev.child.kill('SIGTERM')

    expect(me).toEqual({ id: record.id, collection: 'users', isSuperuser: false })
    expect(dashboard).toContain('/_/assets/')
    expect(await dev.ended).toMatchObject({
      status: 0,
      output: expect.stringContaining('/_/setup#'),
    })
    await expect(fetch(origin)).rejects.toThrow()
  })

  it('gets the types of its collections', async ({ expect }) => {
    const types = await run('npm', ['run', 'types'])

    expect(types).toMatchObject({ status: 0 })
    expect(await readFile(join(project, 'src/arete-types.ts'), 'utf8')).toContain('UsersRecord')
  })

  it('is served by Node', async ({ expect }) => {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const server = await serve(
      ['src/node.ts', '--port', String(port), '--data', join(parent, 'data')],
      origin,
    )

    const hello = await fetch(`${origin}/api/hello`)
    const dashboard = await (await fetch(`${origin}/_/`)).text()
    server.child.kill('SIGTERM')

    expect(await hello.json()).toEqual({ hello: expect.any(String) })
    expect(dashboard).toContain('/_/assets/')
    expect((await server.ended).status).toBe(0)
  })

  it('is checked by arete doctor, and taken to a new version by arete upgrade', async ({
    expect,
  }) => {
    const file = join(project, 'wrangler.toml')
    const config = await readFile(file, 'utf8')
    const own = sectionsOf(config).get('durable_objects.bindings BACKUPS') ?? ''
    await writeFile(file, config.replace(`${own}\n\n`, ''))
    const old = join(parent, 'old')
    await mkdir(old)
    const database = openSqlite(join(old, 'data.db'))
    migrate(database, (await readMigrations()).slice(0, -1))
    database.close()

    const checked = await run('npx', ['arete', 'doctor', '--json', '--data', old])
    const upgraded = await run('npx', ['arete', 'upgrade', '--data', old])
    const state = await readMigrationState({ location: 'folder', folder: old })

    const { examinations } = JSON.parse(checked.output) as { examinations: Examination[] }
    const problems = findingsOf(examinations, 'problem').map(({ message }) => message)
    expect(checked.status).toBe(2)
    expect(problems).toEqual([
      'There is no Durable Object BACKUPS.',
      expect.stringMatching(/^1 migration of \d+ is missing/),
    ])
    expect(upgraded).toMatchObject({
      status: 0,
      output: expect.stringContaining('+ name = "BACKUPS"'),
    })
    expect(await readFile(file, 'utf8')).toContain(own)
    expect(state).toEqual({ missing: [], unknown: [] })
    expect(
      await readMigrationState({ location: 'folder', folder: `${old}-before-${version}` }),
    ).toMatchObject({ missing: [expect.any(String)] })
  })

  // Neither other systems nor Bun let threads share a port.
  it.skipIf(process.platform !== 'linux')(
    'runs its routes and hooks in each thread, and its jobs and durable hooks once',
    async ({ expect }) => {
      const port = await freePort()
      const origin = `http://127.0.0.1:${port}`
      await writeFile(join(project, 'src/threads.ts'), threadedApp)
      const options = ['--port', String(port), '--data', join(parent, 'threaded'), '--threads', '2']
      const server = await serve(['src/threads.ts', ...options], origin)
      const routes = new Set<string>()
      const hooks = new Map<string, string>()

      // The second thread starts a while after the first.
      while (routes.size < 2) routes.add((await askAnew(`${origin}/api/thread`)).text)
      while (new Set(hooks.values()).size < 2) {
        const password = 'a long password'
        const email = `a${hooks.size}@example.com`
        const account = { email, password, passwordConfirm: password }
        const created = await askAnew(`${origin}/api/collections/users/records`, account)
        expect(created.status).toBe(200)
        const { id, name } = JSON.parse(created.text) as {
          readonly id: string
          readonly name: string
        }
        hooks.set(id, name)
      }
      let jobs: readonly string[] = []
      await until(async () => {
        jobs = await (await fetch(`${origin}/api/jobs`)).json<readonly string[]>()
        const isAnnounced = [...hooks.keys()].every((id) => jobs.includes(`announce ${id}`))
        return isAnnounced && jobs.some((job) => job.startsWith('tick'))
      })
      server.child.kill('SIGTERM')

      const hookThreads = new Set(hooks.values())
      expect([...routes].toSorted()).toEqual(['thread 0', 'thread 1'])
      expect([...hookThreads].toSorted()).toEqual(['thread 0', 'thread 1'])
      // One line for each account, and for each minute.
      expect(new Set(jobs).size).toBe(jobs.length)
      const ticks = jobs.filter((job) => job.startsWith('tick'))
      expect(ticks.every((job) => job.endsWith(' in thread 0'))).toBe(true)
      expect(await server.ended).toMatchObject({ status: 0 })
    },
  )

  it('has one thread if its module is not named', async ({ expect }) => {
    const unnamed = `import { serve } from 'arete/node'\nimport app from './app.ts'\nawait serve(app)\n`
    await writeFile(join(project, 'src/unnamed.ts'), unnamed)

    const { status, output } = await run('node', ['src/unnamed.ts', '--threads', '2'])

    expect(status).toBe(1)
    expect(output).toBe(
      'This application has one thread, since its module is not known: serve(app, import.meta.url).\n',
    )
  })

  it('can be deployed', async ({ expect }) => {
    const { status, output } = await run('npx', ['arete', 'deploy', '--dry-run'])

    expect({ status, output }).toMatchObject({ status: 0 })
    expect(output).toContain('npx wrangler d1 create my-app')
  })
})

describe('the package', () => {
  it('has the recorded public types; npm run api-report records them', async ({ expect }) => {
    const entries = await packageEntries()
    const report = await apiReport(entries.values(), join(packageFolder, 'types'))

    expect(report).toBe(await readFile(reportFile, 'utf8'))
  })
})

describe('arete create', () => {
  it('refuses a folder that is not empty', async ({ expect }) => {
    const outcome = await run('node', [program, 'create', 'my-app'], parent)

    expect(outcome).toEqual({
      status: 1,
      output: `${project} is not empty. Choose another folder.\n`,
    })
  })

  it.for([
    { name: 'no folder', args: [], says: 'Name one folder' },
    { name: 'two folders', args: ['a', 'b'], says: 'Name one folder' },
    { name: 'a name without letters', args: ['___'], says: 'must have a letter or a digit' },
    { name: 'an unknown option', args: ['a', '--nonsense'], says: `Unknown option '--nonsense'` },
  ])('refuses $name', async ({ args, says }, { expect }) => {
    const { status, output } = await run('node', [program, 'create', ...args], parent)

    expect(status).toBe(1)
    expect(output).toContain(says)
    expect(await readdir(parent)).not.toContain('a')
  })

  it('shows its help, as every command of a project does', async ({ expect }) => {
    const help = (...args: string[]) => run('node', [program, ...args, '--help'], parent)

    expect((await help()).output).toMatch(/ create .* dev .* check .* deploy .* upgrade /s)
    const commands = ['create', 'dev', 'check', 'deploy', 'upgrade', 'doctor', 'serve']
    const outcomes = await Promise.all(commands.map((command) => help(command)))
    expect(outcomes.filter(({ status }) => status !== 0)).toEqual([])
  })
})
