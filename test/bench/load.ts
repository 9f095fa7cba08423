import { Agent, request } from 'node:http'

/** A request that is sent repeatedly. */
export interface Load {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Sends a request repeatedly over 16 connections. Returns the responses per second.
 *
 * @throws Error at the first failed response
 */
export async function requestsPerSecond(load: Load, seconds: number): Promise<number> {
  const connections = 16
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const started = performance.now()
  const end = started + seconds * 1000
  let answers = 0

  async function connection(): Promise<void> {
    while (performance.now() < end) {
      await send(load, agent)
      answers += 1
    }
  }

  try {
    await Promise.all(Array.from({ length: connections }, connection))
  } finally {
    agent.destroy()
  }
  return (answers * 1000) / (performance.now() - started)
}

/** Sends a request once and returns the body of the response. @throws Error if it failed */
export function send(load: Load, agent?: Agent): Promise<string> {
  const { url, method, headers, body } = load
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const status = response.statusCode ?? 0
        if (status >= 200 && status < 300) resolve(text)
        else reject(new Error(`${method} ${url} was answered with ${status}: ${text}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
