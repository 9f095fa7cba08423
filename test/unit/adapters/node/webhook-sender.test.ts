import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'vitest'
import { createNodeSender, type Resolve } from '#adapters/node/webhook-sender.ts'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(answer: RequestListener): Promise<number> {
  const started = createServer(answer)
  server = started
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve)
  })
  return (started.address() as AddressInfo).port
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const message = { headers: { 'webhook-id': 'msg_1' }, body: '{"a":"ä"}', timeoutSeconds: 15 }

/** Resolves a name to addresses, one list for each call. */
function resolving(...answers: readonly (readonly string[])[]): {
  resolve: Resolve
  calls: () => number
} {
  let calls = 0
  return {
    calls: () => calls,
    resolve: async () => {
      const addresses = answers[Math.min(calls++, answers.length - 1)] ?? []
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  }
}

describe('the sender of a host on Node', () => {
  it('posts to the address that it has checked, under the name of the URL', async ({ expect }) => {
    const port = await listen(async (request, response) => {
      const seen = [
        request.method,
        request.headers.host,
        request.headers['webhook-id'],
        await textOf(request),
      ]
      response.writeHead(200, { 'Retry-After': '7' }).end(JSON.stringify(seen))
    })
    const { resolve, calls } = resolving(['127.0.0.1'], ['10.0.0.1'])
    const sender = createNodeSender({ isLocal: true, resolve })

    const answer = await sender.send({ ...message, url: `http://receiver.example:${port}/hook` })

    expect(answer).toEqual({
      status: 200,
      retryAfter: '7',
      excerpt: JSON.stringify(['POST', `receiver.example:${port}`, 'msg_1', message.body]),
    })
    expect(calls()).toBe(1)
  })

  it.for([
    { name: 'a private address', addresses: ['10.0.0.1'] },
    { name: 'a private address beside a public one', addresses: ['93.184.216.34', '192.168.1.1'] },
    { name: 'the address of cloud metadata', addresses: ['169.254.169.254'] },
    { name: 'a mapped address', addresses: ['::ffff:127.0.0.1'] },
    { name: 'an address behind NAT64', addresses: ['64:ff9b::a00:1'] },
    { name: 'this machine', addresses: ['127.0.0.1'] },
    { name: 'nothing', addresses: [] },
  ])('refuses a name that leads to $name', async ({ addresses }, { expect }) => {
    let requests = 0
    const port = await listen((_, response) => {
      requests += 1
      response.end()
    })
    const sender = createNodeSender(resolving(addresses))

    const sent = sender.send({ ...message, url: `http://rebound.example:${port}/` })

    await expect(sent).rejects.toThrow('not on the public internet')
    expect(requests).toBe(0)
  })

  it.for([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
  ])('refuses the address %s', async (url, { expect }) => {
    await expect(createNodeSender().send({ ...message, url })).rejects.toThrow(
      'not on the public internet',
    )
  })

  it('does not follow a redirect', async ({ expect }) => {
    let requests = 0
    const port = await listen((_, response) => {
      requests += 1
      response.writeHead(302, { Location: 'http://169.254.169.254/' }).end('elsewhere')
    })
    const sender = createNodeSender({ isLocal: true })

    const answer = await sender.send({ ...message, url: `http://127.0.0.1:${port}/` })

    expect(answer).toMatchObject({ status: 302, excerpt: 'elsewhere' })
    expect(requests).toBe(1)
  })

  it('keeps only the beginning of an answer', async ({ expect }) => {
    const port = await listen((_, response) => response.end('x'.repeat(100_000)))
    const sender = createNodeSender({ isLocal: true })

    const { excerpt } = await sender.send({ ...message, url: `http://127.0.0.1:${port}/` })

    expect(excerpt).toBe('x'.repeat(1024))
  })

  it('gives up a receiver that does not answer in time', async ({ expect }) => {
    const port = await listen(() => undefined)
    const sender = createNodeSender({ isLocal: true })

    const sent = sender.send({ ...message, url: `http://127.0.0.1:${port}/`, timeoutSeconds: 0.1 })

    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
