import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return await new Promise((resolve) => {
    const env = { ...process.env, NODE_NO_WARNINGS: '1', INIT_CWD: folder, ...environment }
    const command = ['--import', './scripts/setup-node.mjs', 'src/cli/run.ts', 'types', ...args]
    execFile(process.execPath, command, { cwd: projectFolder, env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

let folder: string
let server: Server
let url: string
let types = 'export type Schema = {}\n'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arete-types-'))
  server = createServer((request, response) => {
    const isKnown = request.url === '/base/api/schema/types.ts'
    const isAllowed = request.headers.authorization === 'secret'
    response.writeHead(isKnown ? (isAllowed ? 200 : 403) : 404)
    response.end(types)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('npm run types', () => {
  it('writes the types of a deployment, and finds a file that is not up to date', async ({
    expect,
  }) => {
    const asked = ['--url', url, '--output', 'types.ts']
    const token = { ARETE_TOKEN: 'secret' }

    const missing = await run([...asked, '--check'], token)
    const written = await run([...asked, '--token', 'secret'])
    const current = await run([...asked, '--check'], token)
    types = 'export type Schema = { posts: object }\n'
    const stale = await run([...asked, '--check'], token)

    expect([missing.status, written.status, current.status, stale.status]).toEqual([2, 0, 0, 2])
    expect(await readFile(join(folder, 'types.ts'), 'utf8')).toBe('export type Schema = {}\n')
    expect(stale.stderr).toMatch(/types\.ts is not up to date\. Run npm run types again\.\n$/)
  })

  it.for([
    { name: 'a wrong token', args: ['--token', 'x'], says: 'The token is not one of a superuser.' },
    { name: 'no token', args: [], says: '--url needs --token TOKEN.' },
    { name: 'nothing to check', args: ['--token', 'x', '--check'], says: '--check needs --output' },
  ])('says in one line that there is $name', async ({ args, says }, { expect }) => {
    const { status, stdout, stderr } = await run(['--url', url, ...args])

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
