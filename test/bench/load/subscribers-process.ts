/* Listens to the events of a server with many connections, as a process of its own. */
import { type Socket, connect } from 'node:net'
import { doTasks } from './child-tasks.ts'
import { send } from './load.ts'
import type { Delays, SubscribersTask } from './subscribers.ts'

/** Parallel requests while clients connect and subscribe. */
const concurrency = 40
/** Longer than any change takes that arrives at all. */
const patienceMilliseconds = 120_000

/** A client's connection, and the moment the awaited change came. */
interface Client {
  readonly socket: Socket
  readonly id: string
  heardAt: number | undefined
}

interface Awaited {
  readonly text: Buffer
  left: number
  readonly done: () => void
}

let clients: Client[] = []
let awaited: Awaited | undefined

doTasks(async (sent): Promise<Delays> => {
  const task = sent as SubscribersTask
  switch (task.kind) {
    case 'connect':
      await connectAll(task.origin, task.topic, task.clients)
      return []
    case 'change':
      return change(task)
    case 'disconnect':
      for (const { socket } of clients) socket.destroy()
      clients = []
      return []
  }
})

async function connectAll(origin: string, topic: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += concurrency) {
    const some = Array.from({ length: Math.min(concurrency, count - at) }, async () => {
      const client = await listen(new URL(origin))
      clients.push(client)
      await send({
        url: `${origin}/api/realtime`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ clientId: client.id, subscriptions: [topic] }),
      })
    })
    await Promise.all(some)
  }
}

/** Opens a stream of events. Resolves when the server has given the client its id. */
function listen({ host, hostname, port }: URL): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let client: Client | undefined
    let start = ''
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('The server closed a stream of events.')))
    socket.on('connect', () => {
      socket.write(
        `GET /api/realtime HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`,
      )
    })
    socket.on('data', (chunk) => {
      if (client !== undefined) {
        hear(client, chunk)
        return
      }
      start += chunk.toString('latin1')
      const id = /^id:([\w-]+)\n/m.exec(start)?.[1]
      if (id === undefined) return
      client = { socket, id, heardAt: undefined }
      resolve(client)
    })
  })
}

/** A small event comes as one piece: the servers write it at once. */
function hear(client: Client, chunk: Buffer): void {
  if (awaited === undefined || client.heardAt !== undefined) return
  if (!chunk.includes(awaited.text)) return
  client.heardAt = performance.now()
  awaited.left -= 1
  if (awaited.left === 0) awaited.done()
}

/** Makes a change and waits until all clients have heard of it. */
async function change({
  load,
  text,
}: Extract<SubscribersTask, { kind: 'change' }>): Promise<number[]> {
  for (const client of clients) client.heardAt = undefined
  const heardByAll = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${awaited?.left} clients did not hear of a change.`))
    }, patienceMilliseconds)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    awaited = { text: Buffer.from(text), left: clients.length, done }
  })
  const started = performance.now()
  await Promise.all([send(load), heardByAll])
  return clients.map(({ heardAt = Infinity }) => heardAt - started)
}
