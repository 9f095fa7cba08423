import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, vi } from 'vitest'
import { responseTo, type ServedTrial, serveTrial } from '../../support/served-trial.ts'

/** The entries of the log, once the server has stopped. */
function logged({ dataFolder }: ServedTrial): Record<string, unknown>[] {
  const database = new DatabaseSync(join(dataFolder, 'logs.db'))
  try {
    const rows = database.prepare('SELECT "data" FROM "_logs" ORDER BY "rowid"').all()
    return rows.map(({ data }) => JSON.parse(String(data)) as Record<string, unknown>)
  } finally {
    database.close()
  }
}

/** Opens an event stream and reads the id of its client. */
async function openStream(port: number): Promise<{ clientId: string; response: IncomingMessage }> {
  const sent = request({ port, path: '/api/realtime', agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const [first] = (await once(response, 'data')) as [Buffer]
  const clientId = /id:(\w+)/.exec(first.toString())?.[1] ?? ''
  return { clientId, response }
}

describe('a server', () => {
  it('knows the address of a client, whatever the client claims', async ({ expect }) => {
    const trial = await serveTrial()
    const headers = { 'CF-Connecting-IP': '203.0.113.9', 'X-Forwarded-For': '203.0.113.9' }

    const { status } = await trial.send('/api/collections/none/records', { headers })
    await trial.stop()

    expect(status).toBe(404)
    expect(logged(trial)).toMatchObject([{ remoteIP: '127.0.0.1', userIP: '127.0.0.1' }])
  })

  it('ends the stream of a client that leaves', async ({ expect }) => {
    const { port, host } = await serveTrial()
    const { clientId, response } = await openStream(port)
    const shard = host.services.realtime.shard(Number.parseInt(clientId.slice(0, 2), 36))
    const subscribe = () =>
      shard.subscribe({ clientId, clientIp: '127.0.0.1', subscriptions: [], account: undefined })
    const before = await subscribe()

    response.destroy()

    expect(before).toBe('subscribed')
    await vi.waitUntil(async () => (await subscribe()) === 'missing', { timeout: 60_000 })
  })

  it('refuses what is no request', async ({ expect }) => {
    const { port } = await serveTrial()

    const sent = request({ port, path: '/api/health', headers: { Host: 'a b' }, agent: false })
    const response = responseTo(sent)
    sent.end()

    expect((await response).status).toBe(400)
  })
})

describe('a server that stops', () => {
  it('answers the requests that have begun, and accepts no other', async ({ expect }) => {
    const trial = await serveTrial()
    const { port } = trial
    const body = JSON.stringify({ identity: 'a@example.com', password: 'a password' })
    const path = '/api/collections/users/auth-with-password'
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Expect: '100-continue',
    }
    const sent = request({ port, path, method: 'POST', headers, agent: false })
    const response = responseTo(sent)
    // The server has the request, and waits for its body.
    await once(sent, 'continue')
    sent.write(body.slice(0, 10))

    const stopped = trial.stop()
    const refused = trial.send('/api/health')
    sent.end(body.slice(10))

    await expect(refused).rejects.toThrow('ECONNREFUSED')
    expect((await response).status).toBe(400)
    await stopped
    expect(logged(trial)).toHaveLength(1)
  })

  it('ends event streams', async ({ expect }) => {
    const trial = await serveTrial()
    const { response } = await openStream(trial.port)
    const ended = once(response, 'end')

    await trial.stop()

    await expect(ended).resolves.toEqual([])
  })

  it('keeps no idle connection open', async ({ expect }) => {
    const trial = await serveTrial()
    const sent = request({
      port: trial.port,
      path: '/api/health',
      headers: { Connection: 'keep-alive' },
    })
    const response = responseTo(sent)
    sent.end()
    await response
    const closed = sent.socket === null ? undefined : once(sent.socket, 'close')

    await trial.stop()

    await expect(closed).resolves.toBeDefined()
  })
})
