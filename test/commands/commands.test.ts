import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'

const packageFile = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
}

/** Every npm script of ours, and the file that it runs, with the arguments. */
const commands = Object.entries(packageFile.scripts).flatMap(([name, script]) => {
  const program = /^node --import \.\/scripts\/setup-node\.mjs (\S+\.ts(?: \w+)?)$/.exec(
    script,
  )?.[1]
  return program === undefined ? [] : [{ name, program: program.split(' ') }]
})

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command like npm. */
async function run(...program: readonly string[]): Promise<Outcome> {
  return await new Promise((resolve) => {
    const options = { cwd: projectFolder, env: { ...process.env, NODE_NO_WARNINGS: '1' } }
    const command = ['--import', './scripts/setup-node.mjs', ...program]
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe.for(commands)('npm run $name', ({ name, program }) => {
  it('prints its help and its version, and rejects unknown options in one line', async ({
    expect,
  }) => {
    const help = await run(...program, '--help')
    const version = await run(...program, '--version')
    const unknown = await run(...program, '--nonsense')

    expect(help).toMatchObject({ status: 0, stderr: '' })
    expect(help.stdout).toMatch(new RegExp(`npm (?:run )?${name}`))
    expect(version).toEqual({ status: 0, stdout: `${packageFile.version}\n`, stderr: '' })
    expect(unknown).toMatchObject({ status: 1, stdout: '' })
    expect(unknown.stderr).toMatch(/^Unknown option '--nonsense'.*\n$/)
  })
})

describe('npm start', () => {
  it('prepares the next start without a word when npm install asks for it', async ({ expect }) => {
    const outcome = await run('scripts/start.ts', '--prepare')

    expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
    await stat(join(projectFolder, '.wrangler/worker-bundle.json'))
    await stat(join(projectFolder, '.wrangler/worker-options.json'))
  })

  it.for([
    { name: 'no number', args: ['--port', 'x'], says: '"x" is not a port' },
    { name: 'zero', args: ['--port', '0'], says: '"0" is not a port' },
    { name: 'too large', args: ['--port', '65536'], says: '"65536" is not a port' },
  ])('refuses a port that is $name', async ({ args, says }, { expect }) => {
    const outcome = await run('scripts/start.ts', ...args)

    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toContain(says)
  })

  it.for([
    {
      name: 'Arete',
      headers: { 'Server-Timing': 'd1;desc="0 batches"' },
      says: /^Arete is already running: http:\/\/127\.0\.0\.1:\d+\. /,
    },
    { name: 'PocketBase', headers: {}, says: /^Port \d+ is taken by another program\. / },
  ])('tells when $name has the port', async ({ headers, says }, { expect }) => {
    const server = createServer((_, response) => {
      response.writeHead(200, headers).end('{"message":"API is healthy.","code":200,"data":{}}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    const outcome = await run('scripts/start.ts', '--port', String(port))
    server.closeAllConnections()
    server.close()

    expect(outcome).toMatchObject({ status: 1, stdout: '' })
    expect(outcome.stderr).toMatch(says)
  })
})
