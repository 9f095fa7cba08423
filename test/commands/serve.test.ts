import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A process of `arete serve`. */
interface ServeProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Resolves once the output contains a text. */
  says(text: string): Promise<void>
  /** The exit status and all output, at the end. */
  readonly ended: Promise<{ readonly status: number | null; readonly text: string }>
}

function serve(args: readonly string[]): ServeProcess {
  const command = [join(projectFolder, 'scripts/arete.mjs'), 'serve', ...args]
  const { npm_lifecycle_event: _, ...env } = process.env
  const child = spawn(process.execPath, command, { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const heard: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      for (const check of heard) check()
    })
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, text }))
  return {
    child,
    ended,
    async says(wanted) {
      const said = new Promise<void>((resolve) => {
        const check = (): void => {
          if (text.includes(wanted)) resolve()
        }
        heard.push(check)
        check()
      })
      await Promise.race([said, ended])
      if (!text.includes(wanted)) throw new Error(text)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Opens an event stream: the shard in the id of its client, and its end. */
async function openStream(port: number): Promise<{ shard: number; ended: Promise<unknown> }> {
  const sent = request({ port, path: '/api/realtime', agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const [first] = (await once(response, 'data')) as [Buffer]
  const [, address = ''] = /id:(\w\w)/.exec(first.toString()) ?? []
  return { shard: Number.parseInt(address, 36), ended: once(response.resume(), 'close') }
}

describe('arete serve', () => {
  it('serves a new folder, refuses a second process on it, and stops when told to', async ({
    expect,
  }) => {
    const folder = join(await temporaryFolder(), 'new')
    const port = await freePort()

    const first = serve(['--data', folder, '--port', String(port)])
    await first.says('Press Ctrl-C')
    const health = await fetch(`http://127.0.0.1:${port}/api/health`)
    const dashboard = await fetch(`http://127.0.0.1:${port}/api/arete`)
    const second = await serve(['--data', folder, '--port', String(await freePort())]).ended
    first.child.kill('SIGTERM')
    const { status, text } = await first.ended

    expect([health.status, await dashboard.json()]).toMatchObject([
      200,
      { dashboard: { setup: true } },
    ])
    expect(text).toMatch(new RegExp(`http://127\\.0\\.0\\.1:${port}/_/setup#[A-Za-z0-9]{43}\n`))
    expect(text).toContain(`A key for the secrets in the settings was made: ${folder}`)
    expect(second).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^Another process uses the folder .*\n$/),
    })
    expect(status).toBe(0)
    const key = join(folder, 'settings.key')
    expect((await stat(key)).mode & 0o777).toBe(0o600)
    expect((await readFile(key, 'utf8')).trim()).toHaveLength(44)
  })

  // Neither other systems nor Bun let threads share a port.
  it.skipIf(process.platform !== 'linux' || process.versions['bun'] !== undefined)(
    'serves with several threads on one port, which no other server can share',
    async ({ expect }) => {
      const port = await freePort()
      const shared = ['--port', String(port), '--threads', '2']
      const server = serve(['--data', await temporaryFolder(), ...shared])
      await server.says('Press Ctrl-C')

      // The system spreads connections by their ports. All on one side is less likely than one in a million.
      const streams = await Promise.all(Array.from({ length: 24 }, () => openStream(port)))
      const threads = new Set(streams.map(({ shard }) => shard % 2))
      const other = await serve(['--data', await temporaryFolder(), ...shared]).ended
      server.child.kill('SIGTERM')
      await Promise.all(streams.map(({ ended }) => ended))
      const { status, text } = await server.ended

      expect(threads.size).toBe(2)
      expect(other).toMatchObject({
        status: 1,
        text: expect.stringContaining(`Port ${port} is taken by another program.`),
      })
      expect({ status, text }).toMatchObject({
        status: 0,
        text: expect.stringMatching(/Stopping\.\n$/),
      })
    },
  )

  it('ends at once at a second signal, though a request is under way', async ({ expect }) => {
    const folder = await temporaryFolder()
    const port = await freePort()
    const server = serve(['--data', folder, '--port', String(port)])
    await server.says('Press Ctrl-C')
    const headers = { 'Content-Type': 'application/json', Expect: '100-continue' }
    const path = '/api/collections/users/auth-with-password'
    const upload = request({ port, path, method: 'POST', headers, agent: false })
    upload.on('error', () => undefined)
    // The server has the request, and waits for its body.
    await once(upload, 'continue')

    server.child.kill('SIGTERM')
    await server.says('Stopping.')
    server.child.kill('SIGTERM')

    expect((await server.ended).status).toBe(1)
  })

  it('tells that another program has the port', async ({ expect }) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo

    const { status, text } = await serve([
      '--data',
      await temporaryFolder(),
      '--port',
      String(port),
    ]).ended

    expect(status).toBe(1)
    expect(text).toContain(`Port ${port} is taken by another program.`)
    expect(text).not.toContain('    at ')
  })

  it('does not start on a database that is newer', async ({ expect }) => {
    const folder = await temporaryFolder()
    const database = new DatabaseSync(join(folder, 'data.db'))
    database.exec(`CREATE TABLE "d1_migrations" ("id" INTEGER PRIMARY KEY, "name" TEXT UNIQUE);
      INSERT INTO "d1_migrations" ("name") VALUES ('9999_future.sql')`)
    database.close()

    const outcome = await serve(['--data', folder]).ended

    expect(outcome).toEqual({
      status: 1,
      text:
        'The database is newer than this version of Arete, which does not know 9999_future.sql. ' +
        'Update Arete, or choose another folder with --data.\n',
    })
  })

  it('tells that the folder is a file', async ({ expect }) => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')

    expect(await serve(['--data', file]).ended).toEqual({
      status: 1,
      text: `${file} is not a folder.\n`,
    })
  })

  it.for([
    [['--port', 'x'], '"x" is not a port'],
    [['--port', '0'], '"0" is not a port'],
    [['--port', '65536'], '"65536" is not a port'],
    [['--trusted-proxy', '10.0.0.0/8,all'], '"all" is not a trusted proxy'],
    [['--durability', 'none'], '"none" is not a durability'],
    [['--threads', '0'], '"0" is not a number of threads'],
    [['--threads', '9'], '"9" is not a number of threads'],
    [['--threads', 'all'], '"all" is not a number of threads'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['folder'], "Unexpected argument 'folder'"],
  ] as const)('refuses %j', async ([args, says], { expect }) => {
    const { status, text } = await serve(args).ended

    expect(status).toBe(1)
    expect(text).toContain(says)
    expect(text.split('\n')).toHaveLength(2)
  })
})
