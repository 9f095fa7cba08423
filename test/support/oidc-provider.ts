/*
 * A real OpenID Connect provider on loopback (npm `oidc-provider`), for tests of the whole flow. It
 * signs in the user in `login_hint` without a prompt.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'
import { type OidcSetup, oidcClients } from './oidc-setup.ts'

/** A running provider. */
export interface RunningOidc {
  readonly setup: OidcSetup
  stop(): Promise<void>
}

/** Starts a provider with its own key. */
export async function startOidcProvider(): Promise<RunningOidc> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  let keys = [await signingKey('key-1')]
  const withdrawn = { keys: [publicPart(await signingKey('withdrawn'))] }
  let provider = createProvider(issuer, keys)

  /** Replaces the key that signs tokens. */
  async function rotate(): Promise<void> {
    keys = [await signingKey(`key-${crypto.randomUUID()}`)]
    provider = createProvider(issuer, keys)
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname.startsWith('/interaction/')) return await signIn(provider, request, response)
    if (pathname === '/rotate') {
      await rotate()
      return void response.end()
    }
    if (pathname === '/withdrawn-keys') {
      response.setHeader('Content-Type', 'application/json')
      return void response.end(JSON.stringify(withdrawn))
    }
    if (pathname === '/token-of-another-client') {
      const { id, secret } = oidcClients.application
      request.headers.authorization = `Basic ${btoa(`${id}:${secret}`)}`
      request.url = '/token'
    }
    await provider.callback()(request, response)
  }
  handle = (request, response) => void route(request, response)

  return {
    setup: { issuer },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function signIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const login = { accountId: String(params['login_hint']) }
  await provider.interactionFinished(request, response, { login })
}

function createProvider(issuer: string, keys: readonly JWK[]): Provider {
  const configuration: Configuration = {
    clients: Object.values(oidcClients).map(({ id, secret }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: ['https://app.example.com/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method:
        id === oidcClients.postingApplication.id ? 'client_secret_post' : 'client_secret_basic',
    })),
    jwks: { keys: [...keys] },
    cookies: { keys: ['not a secret'] },
    features: { devInteractions: { enabled: false } },
    // Puts the claims of scopes into the id_token if there is no user URL.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        name: `${sub} at the provider`,
        email: `${sub}@example.com`,
        email_verified: !sub.startsWith('unproven'),
      }),
    }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async ({ oidc }) => {
      const { Grant } = oidc.provider
      const grant = new Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.session?.accountId,
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
    ttl: {
      ...{ AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      AuthorizationCode: (_, __, { clientId }) =>
        clientId === oidcClients.hastyApplication.id ? 1 : 60,
    },
  }
  return new Provider(issuer, configuration)
}

async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
}

function publicPart({ kty, n, e, kid, alg, use }: JWK): Partial<JWK> {
  return {
    ...{ kty, kid, alg, use },
    ...(n === undefined ? {} : { n }),
    ...(e === undefined ? {} : { e }),
  }
}
