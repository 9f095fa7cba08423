import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { constant } from '#database/query.ts'
import { describeApi } from '#openapi/document.ts'
import { bindings } from './bindings.ts'
import { faultsOf, operationsOf, type Walked } from './document-faults.ts'
import type { ApiDocument } from './schema-requests.ts'
import type { Answer, TestApp } from './test-app.ts'

/** An app whose answers are compared with the document of the deployment. */
export interface DocumentedApp {
  readonly app: TestApp
  /** Each difference between the answers so far and the document. */
  faults(): Promise<readonly string[]>
}

/** Routes that the document leaves out, and the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  'GET /api/oauth2-redirect': 'a page for browsers',
  'POST /api/oauth2-redirect': 'a page for browsers',
  'POST /api/setup': 'works once, from the dashboard',
  'GET /api/mail/inbox': 'exists on the own machine only',
  'GET /api/mail/inbox/:number{[0-9]+}': 'exists on the own machine only',
}

/** Wraps an app. The document is of the time when the faults are asked for. */
export function documentedApp(app: TestApp): DocumentedApp {
  const answers: { readonly method: string; readonly path: string; readonly answer: Answer }[] = []
  const request: TestApp['request'] = async (method, path, options) => {
    const answer = await app.request(method, path, options)
    answers.push({ method, path, answer })
    return answer
  }
  return {
    app: {
      ...app,
      request,
      get: (path, options) => request('GET', path, options),
      post: (path, body, options) => request('POST', path, { ...options, body }),
      patch: (path, body, options) => request('PATCH', path, { ...options, body }),
      delete: (path, options) => request('DELETE', path, options),
    },
    async faults() {
      const document = await currentDocument()
      const operations = operationsOf(document)
      return answers.flatMap(({ method, path, answer }) => {
        const [address = ''] = path.split('?')
        if (Object.hasOwn(leftOut, `${method} ${address}`)) return []
        const walked = operationOf(operations, method, address)
        // A way to sign in that is off is refused, and not in the document.
        if (walked === undefined && answer.status >= 400) return []
        const faults =
          walked === undefined
            ? ['It is not documented.']
            : faultsOf(document, walked, answer, { path, body: undefined })
        return faults.map((fault) => `${method} ${path}: ${fault} ${JSON.stringify(answer.body)}`)
      })
    },
  }
}

/** The document as superusers receive it. */
export async function currentDocument(): Promise<ApiDocument> {
  const transactor = createSystemTransactor(bindings.DB, createCatalogCache())
  const catalog = await transactor.read((context) => constant(context.catalog))
  const text = JSON.stringify(describeApi(catalog, { audience: 'superuser' }))
  return JSON.parse(text) as ApiDocument
}

/** The operation of an address: the one with the fewest parameters, if several fit. */
function operationOf(
  operations: readonly Walked[],
  method: string,
  address: string,
): Walked | undefined {
  const count = ({ path }: Walked): number => path.split('{').length
  return operations
    .filter((one) => one.method === method && patternOf(one.path).test(address))
    .toSorted((a, b) => count(a) - count(b))[0]
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
