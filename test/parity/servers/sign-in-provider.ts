import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** An OAuth2 provider for both servers. It keeps nothing: a code says itself what its user is like. */
export interface SignInProvider {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a provider on a free loopback port. */
export async function startSignInProvider(): Promise<SignInProvider> {
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given.')

  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The code of a user; its claims are in alphabetical order, as PocketBase writes them. */
export function codeOf(user: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(user).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(Object.fromEntries(sorted))).toString('base64url')
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  if (path === '/token' || path === '/basic-only') {
    const form = new URLSearchParams(await bodyOf(request))
    const isNamed = path === '/token' || request.headers.authorization?.startsWith('Basic ')
    const code = form.get('code') ?? ''
    if (!isNamed || code === 'refused') return send(response, 400, { error: 'invalid_grant' })
    return send(response, 200, {
      access_token: code,
      refresh_token: 'refresh',
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }
  if (path === '/body-only') {
    const form = new URLSearchParams(await bodyOf(request))
    if (form.get('client_secret') !== 'shh') return send(response, 401, { error: 'invalid_client' })
    return send(response, 200, { access_token: form.get('code'), token_type: 'bearer' })
  }
  if (path === '/me') {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    return send(response, 200, Buffer.from(token, 'base64url').toString())
  }
  send(response, 500, { error: 'server_error' })
}

/** Texts are sent as they are, JSON or not. */
function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
