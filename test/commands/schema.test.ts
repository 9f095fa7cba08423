import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A server with a superuser. */
async function startServer(): Promise<{ readonly url: string; readonly token: string }> {
  const port = await freePort()
  const data = join(await temporaryFolder(), 'data')
  const command = [join(projectFolder, 'scripts/arete.mjs'), 'serve', '--data', data]
  const child = spawn(process.execPath, [...command, '--port', String(port)])
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  const link = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const token = /_\/setup#([A-Za-z0-9]{43})\n/.exec(output)?.[1]
      if (token !== undefined && output.includes('Press Ctrl-C')) resolve(token)
    })
  })
  const url = `http://127.0.0.1:${port}`
  const account = { email: 'a@example.com', password: 'correct-horse', token: await link }
  const answer = await fetch(`${url}/api/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...account, passwordConfirm: account.password }),
  })
  const { token } = await answer.json<{ token: string }>()
  return { url, token }
}

async function run(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return await new Promise((resolve) => {
    const env = { ...process.env, NODE_NO_WARNINGS: '1', INIT_CWD: folder }
    const command = ['--import', './scripts/setup-node.mjs', 'src/cli/run.ts', ...args]
    execFile(process.execPath, command, { cwd: projectFolder, env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

const definitions = (field: string) => `import { defineCollection, text } from 'arete'

export const posts = defineCollection('posts', {
  fields: {
    ${field},
  },
  rules: {
    list: '',
  },
})

export default [posts]
`

describe('the commands for definitions', () => {
  it('compare, push, pull and undo, with statuses for CI', async ({ expect }) => {
    const { url, token } = await startServer()
    const folder = await temporaryFolder()
    const file = join(folder, 'schema.ts')
    await writeFile(
      join(folder, 'arete.config.ts'),
      `export default { environments: { local: { url: '${url}', token: '${token}' } } }\n`,
    )
    await writeFile(file, definitions('title: text({ max: 10 })'))
    const headers = { Authorization: token, 'Content-Type': 'application/json' }

    const differs = await run(folder, 'diff', '--json')
    const pushed = await run(folder, 'push', '--env', 'local')
    const same = await run(folder, 'diff')
    expect(differs).toMatchObject({ status: 2, stderr: '' })
    expect(JSON.parse(differs.stdout)).toMatchObject({
      changes: [{ kind: 'collection.create' }, { kind: 'rules', access: 'opens' }],
    })
    expect(pushed).toMatchObject({ status: 0, stderr: '' })
    expect(same).toEqual({ status: 0, stdout: 'The definitions are the same.\n', stderr: '' })

    await fetch(`${url}/api/collections/posts/records`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ title: 'x' }),
    })
    await fetch(`${url}/api/collections/posts`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ viewRule: '' }),
    })
    await writeFile(file, definitions('count: number()').replace('text }', 'number }'))
    const drifted = await run(folder, 'push')
    const refused = await run(folder, 'push', '--drift', 'keep')
    const allowed = await run(folder, 'push', '--drift', 'keep', '--allow', 'drop:posts.title')
    expect(drifted).toMatchObject({ status: 4, stderr: '' })
    expect(drifted.stdout).toContain('posts rules.view')
    expect(refused).toMatchObject({ status: 3, stderr: '' })
    expect(refused.stdout).toContain('--allow drop:posts.title')
    expect(allowed).toMatchObject({ status: 0, stderr: '' })

    const pulled = await run(folder, 'pull', '--write')
    const text = await readFile(file, 'utf8')
    const nothing = await run(folder, 'diff')
    expect(pulled).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(text).toContain("view: '',")
    expect(text).toContain('count: number(),')
    expect(nothing.status).toBe(0)

    const history = await run(folder, 'history', '--json')
    const [latest] = JSON.parse(history.stdout) as { id: number; source: string }[]
    const undone = await run(folder, 'undo', String(latest?.id))
    expect(latest).toMatchObject({ source: 'push' })
    expect(undone).toMatchObject({ status: 0, stderr: '' })
    expect(undone.stdout).toContain('Time Travel')
    const fields = await fetch(`${url}/api/collections/posts`, { headers })
    expect(await fields.json()).toMatchObject({ fields: [{ name: 'id' }, { name: 'title' }] })
  })

  it('say what is missing', async ({ expect }) => {
    const folder = await temporaryFolder()

    const outcomes = [
      await run(folder, 'diff'),
      await run(folder, 'push', '--env', 'nowhere', '--schema', 'other.ts'),
      await run(folder, 'undo'),
      await run(folder, 'history', '--url', 'http://127.0.0.1:1', '--token', 'x'),
    ]

    expect(outcomes.map(({ status }) => status)).toEqual([1, 1, 1, 1])
    expect(outcomes.map(({ stderr }) => stderr.split('\n').length)).toEqual([2, 2, 2, 2])
  })

  it('read an export of PocketBase', async ({ expect }) => {
    const folder = await temporaryFolder()
    const exported = [
      {
        id: 'abc',
        name: 'posts',
        type: 'base',
        listRule: '',
        schema: [{ id: 'x1', name: 'title', type: 'text', required: true, options: { max: 5 } }],
      },
      { name: 'broken', type: 'base', fields: [{ name: 'a', type: 'nothing' }] },
    ]
    await writeFile(join(folder, 'pb_schema.json'), JSON.stringify(exported))

    const outcome = await run(folder, 'pull', '--from', 'pb_schema.json')

    expect(outcome.status).toBe(0)
    expect(outcome.stderr).toMatch(/^Skipped: collection "broken": .*\n$/)
    expect(outcome.stdout).toContain("title: text({ max: 5, required: true, id: 'x1' }),")
  })
})
