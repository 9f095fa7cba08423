import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { clientOf, leewaySeconds, requestOptions, serverOf } from './conversation.ts'
import type { IdTokenPolicy } from './defaults.ts'
import type { ProviderToken } from './exchange-code.ts'
import type { JsonObject } from './json-path.ts'
import type { Provider } from './provider.ts'

/** Public-key algorithms alone: a token signed with the client's secret could be the client's own. */
const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * What the id_token says that came with a token (OpenID Connect Core, 3.1.3.7): its audience, times
 * and issuer are checked, and its signature where the keys are known. Undefined for providers whose
 * id_token is of no interest.
 *
 * The nonce is the client's to choose and to tell; without one the token's own is not looked at. The
 * code is bound to the client by PKCE already.
 *
 * The keys are fetched anew each time, so one that the provider has withdrawn counts no more.
 *
 * @throws An error of any kind for a token that is missing or does not hold.
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

/** The issuer that the token has to name: the one it does name, if that is an accepted one. */
function expectedIssuer({ issuers }: IdTokenPolicy, named: string): string {
  const isAccepted = issuers.length === 0 || issuers.includes(named)
  return isAccepted && named !== '' ? named : (issuers[0] ?? 'unknown')
}

function expectedNonce(nonce: unknown): { expectedNonce?: string } {
  return typeof nonce === 'string' ? { expectedNonce: nonce } : {}
}
