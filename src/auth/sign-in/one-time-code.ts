/*
 * One-time codes: a few digits that are valid for minutes. They are stored as a keyed hash,
 * HMAC-SHA-256 with a secret of the collection. A slow password hash would not help, because all
 * codes can be tried against any hash without a secret key. An attacker with the rows lacks only
 * the key, which is not among them. The id is part of the hash, so that a hash is only valid for
 * its row.
 */
import { randomString } from '#kernel/random.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/** Distinguishes our hashes from those that a superuser stored through the records API. */
const prefix = 'hmac-sha256:'

/** Has the right length, but is no string's signature. */
const noSignature = new Uint8Array(32)

/** A random code with this number of digits. */
export function newCode(length: number): string {
  return randomString(length, '0123456789')
}

/** The stored hash of a code. */
export async function hashCode(
  collection: AuthCollection,
  otpId: string,
  code: string,
): Promise<string> {
  return prefix + (await keyedHash(collection, 'otp', otpId, code))
}

/**
 * Resolves to true if a hash belongs to this code, in constant time. Without a row it is false and
 * takes as long.
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

/** A keyed hash, which hides the strings and cannot be computed without the key. */
export async function keyedHash(
  collection: AuthCollection,
  ...parts: readonly string[]
): Promise<string> {
  const data = new TextEncoder().encode(JSON.stringify(parts))
  const signature = await crypto.subtle.sign('HMAC', await keyOf(collection), data)
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}

/**
 * The key of the collection's session tokens. A token begins differently from any string hashed
 * here.
 */
async function keyOf({ auth }: AuthCollection): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(auth.authToken.secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify'])
}

/** The bytes of a hash; none for a string that is not a hash. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch (error) {
    if (error instanceof DOMException) return new Uint8Array()
    throw error
  }
}
