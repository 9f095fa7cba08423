import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { parseProjection, project } from '#http/projection.ts'
import { ApiError } from '#kernel/errors.ts'
import type {
  RealtimeAccount,
  DeletedRecord,
  RecordSnapshot,
  VisibleRecord,
} from '#platform/realtime.ts'
import { guestRequest } from '#records/request-info.ts'
import { enrichedCopy } from '#records/read/enrich.ts'
import { snapshotJson } from '#records/read/record-shape.ts'
import type { Topic } from '#realtime/topics.ts'

/** The messages of one event for its receivers. */
export interface Messages {
  /** The message as single-line JSON; a promise of it for the first of its receivers. */
  of(
    topic: Topic,
    account: RealtimeAccount | undefined,
    sight: VisibleRecord,
  ): string | Promise<string>
}

/** Creates the messages of an event. Common parts are created once. */
export function createMessages(
  collection: Collection,
  { action, row }: RecordSnapshot | DeletedRecord,
  collections: CollectionSet,
): Messages {
  const made = new Map<string, string | Promise<string>>()

  function requestInfoOf(account: RealtimeAccount | undefined): RequestInfo {
    const owner = account && collections.find(account.collectionId)
    const auth = account && owner && { id: account.recordId, collection: owner }
    const info = guestRequest({ context: 'realtime', method: 'GET', query: {}, headers: {} })
    return { ...info, auth, isSuperuser: account?.isSuperuser === true }
  }

  async function message(
    record: Readonly<Record<string, unknown>>,
    fields: string,
  ): Promise<string> {
    return JSON.stringify({ record: await projected(record, fields), action })
  }

  return {
    of(topic, account, sight) {
      const { fields = '' } = topic.query
      if (collections.isEnriched) {
        const viewer = requestInfoOf(account)
        const json = sight.record ?? snapshotJson(collection, row, viewer, sight.isManager)
        return message(enrichedCopy(collections, collection, json, viewer), fields)
      }
      if (sight.record !== undefined) return message(sight.record, fields)
      const isOwn = account !== undefined && account.recordId === row['id']
      const flags = [account?.isSuperuser === true, sight.isManager, isOwn].map(Number).join('')
      const key = flags + fields
      const known = made.get(key)
      if (known !== undefined) return known
      const json = snapshotJson(collection, row, requestInfoOf(account), sight.isManager)
      const text = message(json, fields)
      made.set(key, text)
      return text.then((done) => {
        made.set(key, done)
        return done
      })
    },
  }
}

/** The fields of a record that a client selected; all of them if its projection is invalid. */
async function projected(record: unknown, fields: string): Promise<unknown> {
  if (fields === '') return record
  try {
    return await project(record, parseProjection(fields))
  } catch (error) {
    if (error instanceof ApiError) return record
    throw error
  }
}
