import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** An id_token and the key set for its signature. */
export interface SignedIdToken {
  readonly token: string
  readonly keys: { readonly keys: readonly JWK[] }
}

/** The differences from a valid token. */
export interface SigningOptions {
  readonly alg?: 'RS256' | 'ES256'
  readonly kid?: string
}

/** The claims of a valid id_token, with these added. */
export function idTokenClaims(
  claims: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { sub: 'sub-1', ...claims }
}

/**
 * Signs an id_token with a new key. It names an issuer, expires in a minute, and was issued now.
 */
export async function signedIdToken(
  claims: Readonly<Record<string, unknown>>,
  { alg = 'RS256', kid = 'key-1' }: SigningOptions = {},
): Promise<SignedIdToken> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({
    iss: 'https://issuer.test',
    iat: now,
    exp: now + 60,
    ...idTokenClaims(claims),
  })
    .setProtectedHeader({ alg, kid })
    .sign(privateKey)
  return { token, keys: { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] } }
}
