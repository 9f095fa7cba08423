/*
 * Measures many connections on one machine: the time for a change to reach all of them, its order
 * and completeness, and the memory per connection.
 */
import { request, type IncomingMessage } from 'node:http'
import { runCommand } from '#cli/terminal/run-command.ts'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { positiveNumber, readArguments } from '#cli/terminal/usage.ts'
import { childrenNamed, memoryOf } from './process-usage.ts'
import { percentile } from './statistics.ts'
import { serveWorkers } from '../support/serve-workers.ts'

const help = `npm run bench:realtime -- [options]

  --connections N   how many clients listen (default: 2000)
  --changes N       how many changes are timed while all of them listen (default: 100)
  --stream N        how many changes a few clients are told of in one go (default: 10000)
  --help            this text
`

const email = 'bench@example.com'
const password = 'a password for a benchmark'
/** Clients that receive the long run of changes. */
const streamClients = 20
/** Parallel requests. */
const concurrency = 40

/** A subscriber, with the numbers and times of the changes it received. */
interface Client {
  readonly id: string
  readonly heard: { readonly n: number; readonly at: number }[]
  readonly close: () => void
}

interface Server {
  readonly origin: URL
  readonly token: string
}

function call(
  { origin, token }: Server,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const content = body === undefined ? '' : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: origin.hostname,
        port: origin.port,
        method,
        path,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(content),
          ...(token === '' ? {} : { Authorization: token }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300)
            resolve(text === '' ? undefined : JSON.parse(text))
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(content)
  })
}

function listen({ origin }: Server): Promise<Client> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: origin.hostname, port: origin.port, path: '/api/realtime', agent: false },
      (response) =>
        read(response, (id, heard) => resolve({ id, heard, close: () => sent.destroy() })),
    )
    sent.on('error', reject)
    sent.end()
  })
}

function read(
  response: IncomingMessage,
  connected: (id: string, heard: Client['heard']) => void,
): void {
  const heard: { n: number; at: number }[] = []
  let rest = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const connect = /^id:(\w+)\nevent:PB_CONNECT/.exec(frame)?.[1]
      if (connect !== undefined) connected(connect, heard)
      const n = /"n":(\d+)/.exec(frame)?.[1]
      if (n !== undefined) heard.push({ n: Number(n), at: performance.now() })
    }
  })
  response.on('error', () => undefined)
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += concurrency) {
    results.push(...(await Promise.all(items.slice(at, at + concurrency).map(work))))
  }
  return results
}

/** The memory of the runtime, in megabytes. */
function runtimeMegabytes(): number {
  return childrenNamed('workerd').reduce((sum, pid) => sum + (memoryOf(pid)?.now ?? NaN), 0)
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 120_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not in two minutes: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function isInOrder(client: Client): boolean {
  return client.heard.every(({ n }, at) => at === 0 || n > (client.heard[at - 1]?.n ?? 0))
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        connections: { type: 'string', default: '2000' },
        changes: { type: 'string', default: '100' },
        stream: { type: 'string', default: '10000' },
        help: { type: 'boolean', short: 'h' },
      },
    },
    'npm run bench:realtime -- --help',
  )
  if (values.help) {
    say(help)
    return 0
  }
  const sizes = {
    connections: positiveNumber('--connections', values.connections),
    changes: positiveNumber('--changes', values.changes),
    stream: positiveNumber('--stream', values.stream),
  }

  const served = await serveWorkers({ 'bench-realtime': 'src/worker.ts' })
  try {
    const statements = await superuserWithPassword(email, password)
    await served.database.batch(statements.map((sql) => served.database.prepare(sql)))
    const origin = new URL(served.origins['bench-realtime'])
    const signedIn = (await call(
      { origin, token: '' },
      'POST',
      '/api/collections/_superusers/auth-with-password',
      { identity: email, password },
    )) as { token: string }
    const server = { origin, token: signedIn.token }
    await prepare(server)
    await measure(server, sizes)
    return 0
  } finally {
    await served.stop()
  }
}

async function prepare(server: Server): Promise<void> {
  await call(server, 'PATCH', '/api/settings', { rateLimits: { enabled: false } })
  await call(server, 'POST', '/api/collections', {
    name: 'ticks',
    fields: [
      { type: 'number', name: 'n' },
      { type: 'text', name: 'room' },
    ],
    listRule: "room = 'open' || @request.auth.id != ''",
  })
}

async function measure(
  server: Server,
  { connections, changes, stream }: { connections: number; changes: number; stream: number },
): Promise<void> {
  const before = runtimeMegabytes()
  const clients = await inParallel(Array.from({ length: connections }), () => listen(server))
  await inParallel(clients, ({ id }) =>
    call({ ...server, token: '' }, 'POST', '/api/realtime', {
      clientId: id,
      subscriptions: ['ticks/*'],
    }),
  )
  const shards = new Set(clients.map(({ id }) => id.slice(0, 2))).size
  say(`${clients.length} connections in ${shards} shards`)
  const connected = runtimeMegabytes()

  const all: number[] = []
  const last: number[] = []
  for (let n = 1; n <= changes; n++) {
    const started = performance.now()
    await call(server, 'POST', '/api/collections/ticks/records', { n, room: 'open' })
    await until(() => clients.every(({ heard }) => heard.length >= n), `change ${n}`)
    const times = clients.map(({ heard }) => (heard[n - 1]?.at ?? Infinity) - started)
    all.push(...times)
    last.push(Math.max(...times))
  }
  const after = runtimeMegabytes()
  say(
    `a change reaches a client: p50 ${percentile(all, 0.5).toFixed(0)} ms, p95 ${percentile(all, 0.95).toFixed(0)} ms`,
  )
  say(
    `a change reaches all: p50 ${percentile(last, 0.5).toFixed(0)} ms, p95 ${percentile(last, 0.95).toFixed(0)} ms`,
  )
  say(`in order for all: ${clients.every(isInOrder)}`)
  const each = (megabytes: number): string =>
    `${(((megabytes - before) * 1024) / clients.length).toFixed(0)} kB`
  say(
    `memory of a connection: ${each(connected)} connected, ${each(after)} after ${changes} messages`,
  )

  const few = clients.slice(0, streamClients)
  for (const { close } of clients.slice(streamClients)) close()
  const started = performance.now()
  const numbers = Array.from({ length: stream }, (_, k) => changes + 1 + k)
  await inParallel(numbers, (n) =>
    call(server, 'POST', '/api/collections/ticks/records', { n, room: 'open' }),
  )
  const seconds = (performance.now() - started) / 1000
  await until(() => few.every(({ heard }) => heard.length >= changes + stream), 'the long run')
  const lost = few.map(({ heard }) => changes + stream - new Set(heard.map(({ n }) => n)).size)
  const sequences = new Set(few.map(({ heard }) => heard.map(({ n }) => n).join()))
  say(
    `${stream} changes (${(stream / seconds).toFixed(0)} a second) to ${few.length} clients: ${Math.max(...lost)} lost, ${sequences.size === 1 ? 'the same order for all' : `${sequences.size} orders`}`,
  )
  for (const { close } of few) close()
}

await runCommand(main)
