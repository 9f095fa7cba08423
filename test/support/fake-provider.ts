import { vi } from 'vitest'
import { bindings } from './bindings.ts'
import { changeCollection } from './collections.ts'
import type { Answer, TestApp } from './test-app.ts'

/** A user of the fake provider. */
export interface FakeUser {
  readonly sub?: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly [claim: string]: unknown
}

/** A provider that replaces the internet until the mocks are restored. */
export interface FakeProvider {
  /** The requests in order: method and URL, then the body. */
  readonly requests: { readonly line: string; readonly body: string }[]
  /** Replaces the global function. */
  readonly fetch: typeof fetch
  /** Issues a code for a user, which is valid once. */
  codeFor(user: FakeUser): string
  /** Sets the response of a URL. */
  answer(url: string, response: () => Response | Promise<Response>): void
}

const tokenURL = 'https://id.example.com/token'
const userInfoURL = 'https://id.example.com/me'

/** The options of the fake provider in a collection; `oidc` unless another name is given. */
export function fakeProviderOptions(
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    name: 'oidc',
    clientId: 'cid',
    clientSecret: 'shh',
    authURL: 'https://id.example.com/auth',
    tokenURL,
    userInfoURL,
    ...changes,
  }
}

/** Starts the fake provider. Its tokens contain the name of the user, like their codes. */
export function createFakeProvider(): FakeProvider {
  const codes = new Map<string, FakeUser>()
  const tokens = new Map<string, FakeUser>()
  const requests: { line: string; body: string }[] = []
  const answers = new Map<string, () => Response | Promise<Response>>()

  function tokenFor(body: string): Response {
    const code = new URLSearchParams(body).get('code') ?? ''
    const user = codes.get(code)
    if (user === undefined) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    codes.delete(code)
    tokens.set(`token-of-${code}`, user)
    return Response.json({
      access_token: `token-of-${code}`,
      refresh_token: 'refresh',
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }

  const answerRequest: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    // The runtime would warn if the form were read from the request.
    const body = init?.body instanceof URLSearchParams ? init.body.toString() : await request.text()
    requests.push({ line: `${request.method} ${request.url}`, body })
    const answer = answers.get(request.url)
    if (answer !== undefined) return await answer()
    if (request.url === tokenURL) return tokenFor(body)
    const user = tokens.get(request.headers.get('Authorization')?.slice('Bearer '.length) ?? '')
    return user === undefined ? new Response('', { status: 401 }) : Response.json(user)
  }
  vi.spyOn(globalThis, 'fetch').mockImplementation(answerRequest)

  return {
    requests,
    fetch: answerRequest,
    codeFor(user) {
      const code = crypto.randomUUID()
      codes.set(code, user)
      return code
    },
    answer: (url, response) => answers.set(url, response),
  }
}

/** Enables the fake provider in a collection. */
export async function acceptFakeProvider(
  app: TestApp,
  token: string,
  {
    collection = 'users',
    mappedFields = {},
    providers = [fakeProviderOptions()],
  }: {
    readonly collection?: string
    readonly mappedFields?: Readonly<Record<string, string>>
    readonly providers?: readonly Readonly<Record<string, unknown>>[]
  } = {},
): Promise<void> {
  await changeCollection(app, token, collection, {
    oauth2: { enabled: true, providers, mappedFields },
  })
}

/** Signs in with a code. */
export async function signInWithCode(
  app: TestApp,
  code: string,
  body: Readonly<Record<string, unknown>> = {},
  token?: string,
): Promise<Answer> {
  return await app.post(
    '/api/collections/users/auth-with-oauth2',
    { provider: 'oidc', code, codeVerifier: 'v', redirectURL: 'https://app/', ...body },
    token === undefined ? {} : { token },
  )
}

/** The links of an account, as `provider:id`. */
export async function linksOf(recordId: string): Promise<string[]> {
  const { results } = await bindings.DB.prepare(
    `SELECT "provider" || ':' || "providerId" AS "link" FROM "_externalAuths" WHERE "recordRef" = ? ORDER BY 1`,
  )
    .bind(recordId)
    .all<{ link: string }>()
  return results.map(({ link }) => link)
}
