/*
 * Writes that get no answer are sent again under the same key, so that they happen once. A service
 * that is busy says when to come back.
 */
import { ClientResponseError, type SendOptions } from 'pocketbase'

/** Attempts after the first. */
const maxRetries = 3

const firstDelayMs = 500

/** A service that asks for more patience gets no further attempt. */
const maxDelayMs = 60_000

const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

const recordWrite = /^\/?api\/(?:batch|collections\/[^/]+\/records(?:\/[^/]+)?)(?:\?|$)/

/** True if a request is a write that may have a key. */
export function isKeyed(path: string, { method = 'GET' }: SendOptions): boolean {
  const isWrite = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method.toUpperCase())
  return isWrite && recordWrite.test(path)
}

/** Sends a write until it has an answer that another attempt would not change. */
export async function sendOnce<T>(
  options: SendOptions,
  send: (options: SendOptions) => Promise<T>,
): Promise<T> {
  const headers = withKey(options.headers)
  for (let attempt = 0; ; attempt++) {
    let retryAfter: string | null = null
    const watched: SendOptions = {
      ...options,
      headers,
      async fetch(url, config) {
        const response = await (options.fetch ?? fetch)(url, config)
        retryAfter = response.headers.get('Retry-After')
        return response
      },
    }
    try {
      return await send(watched)
    } catch (error) {
      const delayMs = delayBefore(attempt, retryAfter)
      if (attempt === maxRetries || !isPassing(error) || delayMs > maxDelayMs) throw error
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    }
  }
}

function withKey(given: SendOptions['headers'] = {}): Record<string, string> {
  const hasKey = Object.keys(given).some((name) => name.toLowerCase() === 'idempotency-key')
  return hasKey ? given : { ...given, 'Idempotency-Key': crypto.randomUUID() }
}

/** A status of 0 means that there was no answer. Cancelled requests stay cancelled. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ClientResponseError) || error.isAbort) return false
  return error.status === 0 || passing.has(error.status)
}

/** The time that the service asked for, or longer each time and never the same for two clients. */
function delayBefore(attempt: number, retryAfter: string | null): number {
  const asked = retryAfter === null ? Number.NaN : askedMs(retryAfter)
  return Number.isNaN(asked) ? firstDelayMs * 2 ** attempt * (0.5 + Math.random()) : asked
}

function askedMs(text: string): number {
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000
  return Math.max(0, Date.parse(text) - Date.now())
}
