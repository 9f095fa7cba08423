import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it, onTestFinished } from 'vitest'
import { createNodeHost } from '#adapters/node/node-host.ts'
import { createNodeSender } from '#adapters/node/webhook-sender.ts'
import { createApp } from '#app.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const page = await readFile('docs/webhooks.md', 'utf8')

/** The receiver of the page, with a secret. Its output comes line by line. */
async function startReceiver(secret: string, port: number): Promise<AsyncIterator<string>> {
  const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? []
  const file = join(projectFolder, 'node_modules', `.receiver-${crypto.randomUUID()}.mjs`)
  await writeFile(file, program)
  const environment = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) }
  const child: ChildProcess = spawn(process.execPath, [file], { env: environment })
  onTestFinished(async () => {
    child.kill()
    await once(child, 'exit')
    await rm(file)
  })
  const { stdout } = child
  if (stdout === null) throw new Error('The receiver has no output.')
  return createInterface(stdout)[Symbol.asyncIterator]()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

it('the receiver of docs/webhooks.md accepts what is sent, and nothing else', async ({
  expect,
}) => {
  const host = await createNodeHost({
    folder: join(await temporaryFolder(), 'data'),
    migrations: await readMigrations(),
    passwordCost: 'test',
  })
  onTestFinished(() => host.close())
  const { bindings, services, background } = host
  const app = createApp({ ...services, webhooks: createNodeSender({ isLocal: true }) })
  const env = { ...bindings, LOCAL_INBOX: '1' }
  async function post(path: string, body: object, token = ''): Promise<Record<string, unknown>> {
    const response = await app.fetch(
      new Request(`http://127.0.0.1:8787${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: token },
        body: JSON.stringify(body),
      }),
      env,
      background,
    )
    return await response.json<Record<string, unknown>>()
  }
  const hash = await services.passwords.hash('correct-horse-battery')
  await bindings.DB.batch([
    bindings.DB.prepare(
      `INSERT INTO "_superusers" ("id", "email", "password", "tokenKey", "verified") VALUES ('superuser000001', 'a@example.com', ?, ?, 1)`,
    ).bind(hash, 'k'.repeat(50)),
  ])
  const credentials = { identity: 'a@example.com', password: 'correct-horse-battery' }
  const signedIn = await post('/api/collections/_superusers/auth-with-password', credentials)
  const token = String(signedIn['token'])
  await post(
    '/api/collections',
    { name: 'orders', fields: [{ type: 'text', name: 'item' }] },
    token,
  )
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/hook`
  const { id, secret } = await post('/api/webhooks', { url, collection: 'orders' }, token)
  const output = await startReceiver(String(secret), port)
  // It is up once it answers.
  let test = await post(`/api/webhooks/${String(id)}/test`, {}, token)
  while (test['status'] === 0) test = await post(`/api/webhooks/${String(id)}/test`, {}, token)

  const order = await post('/api/collections/orders/records', { item: 'tea' }, token)
  const forged = await fetch(url, { method: 'POST', body: '{}' })

  const lines: unknown[] = []
  while (lines.at(-1) !== `record.created ${String(order['id'])}`) {
    lines.push((await output.next()).value)
  }
  expect(new Set(lines.slice(0, -1))).toEqual(new Set(['test.ping ']))
  expect(forged.status).toBe(400)
})
