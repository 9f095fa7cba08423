import type { OutgoingMail } from '#platform/mailer.ts'
import { bindings } from './bindings.ts'

/** The claims of a token, as PocketBase writes them. */
export type Claims = Readonly<Record<string, unknown>>

/** The token in a mail's link. */
export function tokenIn({ html }: OutgoingMail): string {
  const token = /\/_\/(?:#\/)?auth\/confirm-[a-z-]+\/([\w.-]+)/.exec(html)?.[1]
  if (token === undefined) throw new Error(`No link in the mail: ${html}`)
  return token
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Claims {
  return JSON.parse(atob(unpadded(token.split('.')[1] ?? ''))) as Claims
}

/** Creates a token from scratch: an HMAC of two strings, as anyone with the key could. */
export async function forgeToken(
  claims: Claims,
  key: string,
  header: Claims = { alg: 'HS256', typ: 'JWT' },
): Promise<string> {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`
  const bytes = (text: string) => new TextEncoder().encode(text)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const secret = await crypto.subtle.importKey('raw', bytes(key), hmac, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', secret, bytes(signed))
  return `${signed}.${base64url(String.fromCharCode(...new Uint8Array(signature)))}`
}

/** Reads the key that signs an account's tokens of a kind from the database. */
export async function tokenKeyOf(
  collection: string,
  recordId: string,
  option: string,
): Promise<string> {
  const row = await bindings.DB.prepare(
    `SELECT a."tokenKey" || (c."options" ->> ?1) AS "key"
     FROM "${collection}" a, "_collections" c WHERE a."id" = ?2 AND c."name" = ?3`,
  )
    .bind(`$.${option}.secret`, recordId, collection)
    .first<{ key: string }>()
  return row?.key ?? ''
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Returns copies of the token with one bit flipped, one for every character of every part. */
export function tamperings(token: string): string[] {
  return [...token].flatMap((character, i) => {
    const value = alphabet.indexOf(character)
    if (value < 0) return []
    // A different bit for each position, the lowest one last, since decoders ignore it there.
    const bit = i === token.length - 1 ? 1 : 1 << (i % 6)
    return [token.slice(0, i) + (alphabet[value ^ bit] ?? '') + token.slice(i + 1)]
  })
}

function base64url(binary: string): string {
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function unpadded(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/')
}
