/*
 * Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

const prefix = 'whsec_'
const secretBytes = 32

/** A new secret: `whsec_` and the base64 of 32 random bytes. */
export function newSecret(): string {
  return prefix + base64Of(crypto.getRandomValues(new Uint8Array(secretBytes)))
}

/** The content that a signature covers. */
export interface SignedContent {
  /** The `webhook-id`. */
  readonly id: string
  /** Unix seconds of the attempt. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of an attempt. Each secret adds a signature. */
export async function signedHeaders(
  { id, timestamp, body }: SignedContent,
  secrets: readonly string[],
): Promise<Record<string, string>> {
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signatures = await Promise.all(secrets.map((secret) => signatureOf(content, secret)))
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

async function signatureOf(content: Uint8Array, secret: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.slice(prefix.length)), (c) => c.charCodeAt(0))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, content)
  return `v1,${base64Of(new Uint8Array(signature))}`
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
