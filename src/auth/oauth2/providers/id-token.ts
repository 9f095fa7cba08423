import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { clientOf, leewaySeconds, requestOptions, serverOf } from './conversation.ts'
import type { IdTokenPolicy } from './defaults.ts'
import type { ProviderToken } from './exchange-code.ts'
import type { JsonObject } from './json-path.ts'
import type { Provider } from './provider.ts'

/** Public-key algorithms only: the client itself could sign a token with its secret. */
const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * Validates an id_token and returns its claims (OpenID Connect Core, 3.1.3.7): audience, times and
 * issuer, and the signature if the keys are known. Undefined for providers whose id_token is not
 * used.
 *
 * The client chooses the nonce. Without one, the token's nonce is ignored, since PKCE already binds
 * the code to the client.
 *
 * The keys are fetched each time, so that withdrawn ones are no longer valid.
 *
 * @throws An error of any kind if the token is missing or invalid.
 */
export async function idTokenClaims(
  provider: Provider,
  { answer }: ProviderToken,
  nonce: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const policy = provider.idToken
  if (policy === undefined) return undefined

  const { access_token, id_token } = answer
  if (typeof id_token !== 'string') throw new Error(`${provider.name} sent no id_token.`)
  const claimed = decodeJwt(id_token)
  const server: oauth.AuthorizationServer = {
    ...serverOf(provider),
    issuer: expectedIssuer(policy, claimed.iss ?? ''),
    id_token_signing_alg_values_supported: signingAlgorithms,
    jwks_uri: policy.jwksURL,
  }
  const response = Response.json({ access_token, token_type: 'bearer', id_token })
  const token = await oauth.processAuthorizationCodeResponse(
    server,
    clientOf(provider),
    response,
    expectedNonce(nonce === '' ? claimed['nonce'] : nonce),
  )
  if (policy.jwksURL !== '') {
    await oauth.validateApplicationLevelSignature(server, response, requestOptions(signal))
  }
  const claims = oauth.getValidatedIdTokenClaims(token)
  if (claims === undefined || claims.iat > Date.now() / 1000 + leewaySeconds) {
    throw new Error(`The id_token of ${provider.name} is from the future.`)
  }
  return claims
}

/** The issuer that the token must name: its own, if that is an accepted one. */
function expectedIssuer({ issuers }: IdTokenPolicy, named: string): string {
  const isAccepted = issuers.length === 0 || issuers.includes(named)
  return isAccepted && named !== '' ? named : (issuers[0] ?? 'unknown')
}

function expectedNonce(nonce: unknown): { expectedNonce?: string } {
  return typeof nonce === 'string' ? { expectedNonce: nonce } : {}
}
