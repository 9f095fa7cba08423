import { hexDigest } from '#kernel/bytes.ts'

/** Identifies a secret without revealing it: its SHA-256 in hexadecimal. */
export async function secretDigest(secret: string): Promise<string> {
  return await hexDigest('SHA-256', secret)
}
