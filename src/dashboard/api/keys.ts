/*
 * The keys of the query cache. A mutation invalidates the shortest key that covers it:
 * `keys.records('posts')` covers lists, totals and single records of posts.
 */

/** Keys of the query cache. */
export const keys = {
  arete: ['arete'],
  deployment: ['deployment'],
  settings: ['settings'],
  collections: ['collections'],
  /** Plans and the history of definitions change with the collections. */
  schema: ['collections', 'schema'],
  /** Descriptions change with the collections. */
  apiDocument: ['collections', 'api-document'],
  types: ['collections', 'types'],
  oauth2Providers: ['oauth2-providers'],
  viewSample: ['view-sample'],
  records: (collection: string) => ['records', collection],
  recordList: (collection: string, query: object) => ['records', collection, 'list', query],
  recordTotal: (collection: string, filter: string) => ['records', collection, 'total', filter],
  record: (collection: string, id: string) => ['records', collection, 'one', id],
  logs: ['logs'],
  inbox: ['inbox'],
  backups: ['backups'],
  crons: ['crons'],
  functions: ['functions'],
  webhooks: ['webhooks'],
  deliveries: (webhook: string) => ['webhooks', 'deliveries', webhook],
  factors: (collection: string, record: string) => ['factors', collection, record],
  accountState: (collection: string, record: string) => ['account-state', collection, record],
  sessions: (collection: string, record: string) => ['sessions', collection, record],
} as const
