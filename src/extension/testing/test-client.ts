/** A stored record, as the API shows it to a superuser. */
export interface TestRecord {
  readonly id: string
  readonly collectionName: string
  readonly [field: string]: unknown
}

/** The options of a request, which `fetch` has too, and a body as data. */
export interface TestRequestInit extends Omit<RequestInit, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
  /** The body, sent as JSON. */
  readonly json?: unknown
}

/** Sends requests to an application. */
export interface TestClient {
  /** Sends a request to a path such as `/api/health`. Its background work has ended then. */
  request(path: string, init?: TestRequestInit): Promise<Response>
}

/** Any host: the application has no other. */
const origin = 'http://127.0.0.1'

/** Creates a client with the token of an account. */
export function createClient(
  send: (request: Request) => Promise<Response>,
  token?: () => Promise<string>,
): TestClient {
  return {
    async request(path, { json, headers, ...init } = {}) {
      const all = new Headers({ ...headers })
      if (json !== undefined) all.set('Content-Type', 'application/json')
      if (token !== undefined) all.set('Authorization', await token())
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      return await send(new Request(new URL(path, origin), { ...init, ...body, headers: all }))
    },
  }
}
