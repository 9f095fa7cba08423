/*
 * One-time codes: a few digits that live for minutes. They are stored as a keyed hash, HMAC-SHA-256
 * under a secret of the collection. A password's slow hash would be of no use: so few digits are
 * guessed from any hash whose every input is known. What helps whoever got hold of the rows is the
 * key alone, which is not among them. The id is hashed along, so that a hash is good for its own row.
 */
import { randomString } from '#kernel/random.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** Tells our hashes from those of codes that a superuser put in place through the records API. */
const prefix = 'hmac-sha256:'

/** Of the right length, and of no text. */
const noSignature = new Uint8Array(32)

/** A random code of so many digits. */
export function newCode(length: number): string {
  return randomString(length, '0123456789')
}

/** The hash of a code, as its row holds it. */
export async function hashCode(
  collection: AuthCollection,
  otpId: string,
  code: string,
): Promise<string> {
  return prefix + (await keyedHash(collection, 'otp', otpId, code))
}

/**
 * Whether a hash is of this code, in a time that does not depend on how much of it is right. Without
 * a row the answer is no and takes as long.
 */
export async function isCode(
  passwords: PasswordHasher,
  collection: AuthCollection,
  { id, hash }: { readonly id: string; readonly hash: string | undefined },
  code: string,
): Promise<boolean> {
  if (hash !== undefined && !hash.startsWith(prefix)) return await passwords.verify(hash, code)
  const signature = hash === undefined ? noSignature : bytesOf(hash.slice(prefix.length))
  const data = new TextEncoder().encode(JSON.stringify(['otp', id, code]))
  return await crypto.subtle.verify('HMAC', await keyOf(collection), signature, data)
}

/** A text that stands for others without showing them, and that nobody without the key can compute. */
export async function keyedHash(
  collection: AuthCollection,
  ...parts: readonly string[]
): Promise<string> {
  const data = new TextEncoder().encode(JSON.stringify(parts))
  const signature = await crypto.subtle.sign('HMAC', await keyOf(collection), data)
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}

/**
 * The key of the collection's session tokens; a token's text begins otherwise than any text hashed
 * here.
 */
async function keyOf({ auth }: AuthCollection): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(auth.authToken.secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify'])
}

/** The bytes of a hash; of none at all, for a text that is no hash. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch (error) {
    if (error instanceof DOMException) return new Uint8Array()
    throw error
  }
}
