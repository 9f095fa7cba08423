import { UsageError } from '#cli/terminal/usage.ts'
import type { SourceCollection } from './source-text.ts'

/** The address of a deployment, with a token of a superuser. */
export interface DeploymentAddress {
  readonly url: URL
  readonly token: string
}

/** A change of a plan. */
export interface PlannedChange {
  readonly kind: string
  readonly collection: string
  readonly risk: string
  readonly allow?: string | readonly string[]
  readonly rows?: number
  readonly [member: string]: unknown
}

/** A plan, as the API returns it. */
export interface SchemaPlan {
  readonly revision: number
  readonly digest: string
  readonly drift: readonly {
    readonly collection: string
    readonly what: string
    readonly by: string
    readonly at: string
  }[]
  readonly changes: readonly PlannedChange[]
  readonly statements: number
  readonly isPushed: boolean
}

/** An entry of the history. */
export interface HistoryEntry {
  readonly id: number
  readonly at: string
  readonly source: string
  readonly changes: readonly PlannedChange[]
  readonly bookmark: string | null
  readonly definitions?: readonly {
    readonly id: string
    readonly before: SourceCollection | null
    readonly after: SourceCollection | null
  }[]
}

/** Asks a deployment. */
export interface DeploymentClient {
  /** All collections except for system collections. */
  collections(): Promise<SourceCollection[]>
  plan(body: object): Promise<SchemaPlan>
  apply(body: object): Promise<SchemaPlan & { readonly entry: number }>
  history(): Promise<readonly HistoryEntry[]>
  entry(id: string): Promise<HistoryEntry>
}

/** Creates a client. It throws a {@link UsageError} if the deployment cannot be reached or refuses. */
export function createDeploymentClient({ url, token }: DeploymentAddress): DeploymentClient {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const address = new URL(path, url.href.endsWith('/') ? url : `${url.href}/`)
    const headers = { Authorization: token, 'Content-Type': 'application/json' }
    const response = await fetch(address, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new UsageError(`${url.origin} cannot be reached.`, { cause: error })
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text) as T
    throw refusedBy(url, response.status, text)
  }

  return {
    async collections() {
      const found: SourceCollection[] = []
      for (let page = 1; ; page++) {
        const path = `api/collections?perPage=200&page=${page}&skipTotal=1`
        const { items } = await ask<{ items: SourceCollection[] }>('GET', path)
        found.push(...items)
        if (items.length < 200) return found.filter(({ system }) => system !== true)
      }
    },
    plan: (body) => ask('POST', 'api/schema/plan', body),
    apply: (body) => ask('POST', 'api/schema/apply', body),
    history: async () =>
      (await ask<{ items: HistoryEntry[] }>('GET', 'api/schema/history?perPage=500')).items,
    entry: (id) => ask('GET', `api/schema/history/${encodeURIComponent(id)}`),
  }
}

function refusedBy(url: URL, status: number, text: string): UsageError {
  const { message = `Status ${status}.` } = parsed(text)
  const own = status === 401 || status === 403 ? ' The token must be one of a superuser.' : ''
  return new UsageError(`${url.origin}: ${String(message)}${own}`)
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Not a response of Arete.
    return {}
  }
}
