import type { WebhookSender } from '#platform/webhook-sender.ts'

/** The bytes of an answer that are kept. */
const excerptBytes = 1024

/**
 * Sends webhooks by `fetch`. A Worker cannot reach private networks, so the check of the URL is
 * enough.
 */
export function createFetchSender(): WebhookSender {
  return {
    async send({ url, headers, body, timeoutSeconds }) {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
      })
      return {
        status: response.status,
        retryAfter: response.headers.get('Retry-After'),
        excerpt: await excerptOf(response.body),
      }
    },
  }
}

/** Reads the beginning of a body, and cancels the rest. */
async function excerptOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let left = excerptBytes
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true })
    left -= chunk.length
    if (left <= 0) break
  }
  return text
}
