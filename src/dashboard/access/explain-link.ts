/** The parameters of the explainer's address. */
export interface ExplainSearch {
  readonly collection?: string
  readonly action?: string
  /** `guest`, or an account as `collection/id`. */
  readonly as?: string
  readonly record?: string
  /** A draft of the rule. */
  readonly rule?: string
  readonly filter?: string
  readonly sort?: string
  readonly expand?: string
  readonly topic?: string
}

/** The explainer for a request, as the props of a `Link`. */
export function explainLink(search: ExplainSearch) {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  return { to: '/access/explain', search: Object.fromEntries(given) as ExplainSearch } as const
}

/** The names of rules, without their ending, are the actions they decide on. */
export function actionOfRule(ruleName: string): string {
  return ruleName.replace(/Rule$/, '')
}

interface LoggedRequest {
  readonly data: Readonly<Record<string, unknown>>
}

const recordPath = /^\/api\/collections\/([^/]+)\/records(?:\/([^/]+))?$/

const actions: Readonly<Record<string, string>> = {
  POST: 'create',
  PATCH: 'update',
  DELETE: 'delete',
}

/** The explained request of a log entry; undefined unless it is a refused request for records. */
export function searchOfLog({ data }: LoggedRequest): ExplainSearch | undefined {
  const status = Number(data['status'])
  if (![400, 403, 404].includes(status)) return undefined
  const url = new URL(String(data['url'] ?? ''), 'http://localhost')
  const [, collection, record] = recordPath.exec(url.pathname) ?? []
  if (collection === undefined) return undefined
  const method = String(data['method'])
  const action = method === 'GET' ? (record === undefined ? 'list' : 'view') : actions[method]
  if (action === undefined) return undefined
  const [account, id] = [data['auth'], data['authId']].map((value) => String(value ?? ''))
  const parameter = (name: string): string => url.searchParams.get(name) ?? ''
  return {
    collection: decodeURIComponent(collection),
    action,
    as: account === '' || id === '' ? 'guest' : `${account}/${id}`,
    record: decodeURIComponent(record ?? ''),
    filter: parameter('filter'),
    sort: parameter('sort'),
    expand: parameter('expand'),
  }
}
