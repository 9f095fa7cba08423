import { createApp, type Host } from '#app.ts'
import { host as testHost } from '#test-host'
import { bindings } from './bindings.ts'
import { createExecution } from '#extension/testing/execution.ts'
import { createHeldLogs } from '#extension/testing/held-logs.ts'
import { createMailbox, type Mailbox } from '#extension/testing/mailbox.ts'

/** A response of the app, with its body read. */
export interface Answer {
  readonly status: number
  /** The parsed JSON body; undefined if there is none. */
  readonly body: unknown
  readonly headers: Headers
}

/** The options of a request besides its path. */
export interface RequestOptions {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, unless it is a string, a form or bytes. */
  readonly body?: unknown
}

/** A separate app: one isolate with its own caches. */
export interface TestApp {
  /** Its mails. They have arrived once the request that caused them has its response. */
  readonly mailbox: Mailbox
  /** Its routes, as in `GET /api/health`. */
  readonly routes: readonly string[]
  /** Writes the buffered log entries. They are not written otherwise. */
  writeLogs(): Promise<void>
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  get(path: string, options?: RequestOptions): Promise<Answer>
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Answer>
  patch(path: string, body?: unknown, options?: RequestOptions): Promise<Answer>
  delete(path: string, options?: RequestOptions): Promise<Answer>
  /** For clients that create their own requests. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

/** A host that could send a body and receive one at once wants to hear that it shall not. */
const halfDuplex = { duplex: 'half' }

const origin = 'http://127.0.0.1:8787'

/** The real hasher with a low cost. */
export const passwords = testHost.createHasher({ cost: 'test' })

/** Creates an app over the test bindings. Several of them stand for several isolates. */
export function createTestApp(
  overrides: Partial<typeof bindings> = {},
  host: Partial<Host> = {},
): TestApp {
  const mailbox = createMailbox()
  const logs = createHeldLogs()
  const { realtime, backups } = testHost
  const parts = { passwords, mail: mailbox.transports, logs, realtime, backups }
  const app = createApp({ ...parts, ...host })

  async function fetchApp(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const { context, settled } = createExecution()
    const response = await app.fetch(
      new Request(input, { ...init, ...(init?.body instanceof ReadableStream && halfDuplex) }),
      { ...bindings, ...overrides },
      context,
    )
    await settled()
    return response
  }

  async function request(
    method: string,
    path: string,
    { token, headers, body }: RequestOptions = {},
  ): Promise<Answer> {
    const isRaw =
      typeof body === 'string' ||
      body instanceof FormData ||
      body instanceof URLSearchParams ||
      body instanceof Uint8Array ||
      body instanceof ReadableStream
    const response = await fetchApp(origin + path, {
      method,
      headers: {
        ...(body === undefined || body instanceof FormData || body instanceof URLSearchParams
          ? {}
          : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: token }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true
    return {
      status: response.status,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text === '' ? undefined : text,
      headers: response.headers,
    }
  }

  return {
    mailbox,
    writeLogs: logs.write,
    routes: app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, body, options) => request('POST', path, { ...options, body }),
    patch: (path, body, options) => request('PATCH', path, { ...options, body }),
    delete: (path, options) => request('DELETE', path, options),
    fetch: fetchApp,
  }
}
