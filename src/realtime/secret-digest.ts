import { hexDigest } from '#kernel/bytes.ts'

/** What tells one secret from another without telling it: the SHA-256 of it, in hexadecimal. */
export async function secretDigest(secret: string): Promise<string> {
  return await hexDigest('SHA-256', secret)
}
