import type { Definition } from '#dashboard/schema/definition.ts'
import type { Operation } from './operations.ts'
import { type RelatedIds, sampleRecord } from './sample-values.ts'

/** The response of an operation that worked, as JSON; undefined if it has no body. */
export function responseSample(
  { key, status }: Operation,
  collection: Definition,
  related: RelatedIds,
): string | undefined {
  if (status === 204) return undefined
  const record = sampleRecord(collection, related)
  return JSON.stringify(responseOf(key, record), null, 2)
}

function responseOf(key: Operation['key'], record: object): unknown {
  switch (key) {
    case 'list':
      return { page: 1, perPage: 20, totalItems: 1, totalPages: 1, items: [record] }
    case 'realtime':
      return { action: 'create', record }
    case 'batch':
      return [
        { status: 200, body: record },
        { status: 204, body: null },
      ]
    case 'password':
    case 'oauth2':
    case 'otp':
    case 'refresh':
      return { token: 'TOKEN', record }
    case 'view':
    case 'create':
    case 'update':
    case 'delete':
    case 'verification':
    case 'passwordReset':
    case 'emailChange':
      return record
  }
}
