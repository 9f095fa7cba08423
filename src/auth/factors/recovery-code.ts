/*
 * Recovery codes: 24 characters of Crockford's base32, which are 120 random bits. That is too many
 * to guess, so a plain digest protects the stored ones, and finds them exactly.
 */
import { hexDigest } from '#kernel/bytes.ts'
import { randomString } from '#kernel/random.ts'

/** The codes of a set. */
export const codesPerSet = 10

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 24
const groupLength = 6

/** A new code, in four groups. */
export function newRecoveryCode(): string {
  return grouped(randomString(codeLength, alphabet))
}

/** The digest of a code of an account, under which it is stored. */
export async function recoveryHash(
  collectionId: string,
  recordId: string,
  code: string,
): Promise<string> {
  const parts = ['recovery:v1', collectionId, recordId, normalised(code)]
  return await hexDigest('SHA-256', JSON.stringify(parts))
}

/** The code without differences of case and spacing, and with look-alikes as digits. */
function normalised(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
}

function grouped(text: string): string {
  const groups = text.match(new RegExp(`.{1,${groupLength}}`, 'g')) ?? []
  return groups.join('-')
}
