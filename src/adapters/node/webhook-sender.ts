/*
 * Sends webhooks from a host that can reach private networks. The name is resolved here, every
 * address is checked, and the connection is made to a checked address: a name that changes between
 * the check and the connection (DNS rebinding) changes nothing.
 */
import { type LookupAddress, promises as dns } from 'node:dns'
import { type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { parseIpAddress } from '#go-compat/ip-address.ts'
import { isPublicAddress } from '#go-compat/public-address.ts'
import type { WebhookAnswer, WebhookRequest, WebhookSender } from '#platform/webhook-sender.ts'

/** Finds the addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

interface Options {
  /** True in local development, where this machine may be reached. */
  readonly isLocal?: boolean
  readonly resolve?: Resolve
}

const excerptBytes = 1024
const lookupAll: Resolve = (hostname) => dns.lookup(hostname, { all: true })

/** Creates the sender of a host on Node. */
export function createNodeSender({
  isLocal = false,
  resolve = lookupAll,
}: Options = {}): WebhookSender {
  return {
    async send(request) {
      const url = new URL(request.url)
      const address = await checkedAddress(url.hostname, resolve, isLocal)
      return await post(url, address, request)
    },
  }
}

/** Throws unless every address of the name is one that a webhook may reach. */
async function checkedAddress(
  hostname: string,
  resolve: Resolve,
  isLocal: boolean,
): Promise<LookupAddress> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(literal)
  const found = family === 0 ? await resolve(literal) : [{ address: literal, family }]
  const isFine = found.every(({ address }) => {
    const bytes = parseIpAddress(address)
    return bytes !== undefined && (isPublicAddress(bytes) || (isLocal && isLoopback(address)))
  })
  const [first] = found
  if (first === undefined || !isFine) {
    throw new Error('The name leads to an address that is not on the public internet.')
  }
  return first
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

function post(
  url: URL,
  { address, family }: LookupAddress,
  { headers, body, timeoutSeconds }: WebhookRequest,
): Promise<WebhookAnswer> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
    // A connection of its own: a pooled one may lead to an address of before.
    agent: false,
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
    lookup: (_hostname, { all }, done) => {
      if (all === true) done(null, [{ address, family }])
      else done(null, address, family)
    },
  }
  const send = url.protocol === 'http:' ? requestHttp : requestHttps
  return new Promise((resolve, reject) => {
    const request = send(url.href, options, (response) => {
      excerptOf(response).then(
        (excerpt) =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'] ?? null,
            excerpt,
          }),
        reject,
      )
    })
    request.on('error', (error) => reject(options.signal?.aborted === true ? timeout() : error))
    request.end(body)
  })
}

function timeout(): DOMException {
  return new DOMException('The receiver did not answer in time.', 'TimeoutError')
}

async function excerptOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop closes the connection.
    if (size >= excerptBytes) break
  }
  return Buffer.concat(chunks).subarray(0, excerptBytes).toString('utf8')
}
