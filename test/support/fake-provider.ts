import { vi } from 'vitest'
import { bindings } from './bindings.ts'
import { changeCollection } from './collections.ts'
import type { Answer, TestApp } from './test-app.ts'

/** A user as the fake provider tells of it. */
export interface FakeUser {
  readonly sub?: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly [claim: string]: unknown
}

/** A provider that takes the place of the internet, until the mocks are restored. */
export interface FakeProvider {
  /** What every request was, in order: method and address, then the body. */
  readonly requests: { readonly line: string; readonly body: string }[]
  /** What stands in for the global function. */
  readonly fetch: typeof fetch
  /** Issues a code for a user. It is good once. */
  codeFor(user: FakeUser): string
  /** What an address answers from now on. */
  answer(url: string, response: () => Response | Promise<Response>): void
}

const tokenURL = 'https://id.example.com/token'
const userInfoURL = 'https://id.example.com/me'

/** How a collection knows the fake provider; `oidc` unless another name is given. */
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

/** Starts the fake provider. Its tokens are as good as the codes they came for: they name the user. */
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
    // Reading a form from the request would have the runtime warn.
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

/** Has a collection accept the fake provider. */
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
