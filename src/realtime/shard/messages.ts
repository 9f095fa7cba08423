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
import { snapshotJson } from '#records/read/record-shape.ts'
import type { Topic } from '#realtime/topics.ts'

/** The messages of one event for its receivers. */
export interface Messages {
  /** The message as single-line JSON. */
  of(topic: Topic, account: RealtimeAccount | undefined, sight: VisibleRecord): Promise<string>
}

/** Creates the messages of an event. Common parts are created once. */
export function createMessages(
  collection: Collection,
  { action, row }: RecordSnapshot | DeletedRecord,
  collections: CollectionSet,
): Messages {
  const made = new Map<string, Promise<string>>()

  function requestInfoOf(account: RealtimeAccount | undefined): RequestInfo {
    const owner = account && collections.find(account.collectionId)
    const auth = account && owner && { id: account.recordId, collection: owner }
    const info = guestRequest({ context: 'realtime', method: 'GET', query: {}, headers: {} })
    return { ...info, auth, isSuperuser: account?.isSuperuser === true }
  }

  async function message(
    record: Readonly<Record<string, unknown>>,
    { query: { fields = '' } }: Topic,
  ): Promise<string> {
    return JSON.stringify({ record: await projected(record, fields), action })
  }

  return {
    of(topic, account, sight) {
      if (sight.record !== undefined) return message(sight.record, topic)
      const viewer = requestInfoOf(account)
      const isOwn = account !== undefined && account.recordId === row['id']
      const likeness = [topic.query['fields'], viewer.isSuperuser, sight.isManager, isOwn]
      const key = JSON.stringify(likeness)
      const known = made.get(key)
      if (known !== undefined) return known
      const text = message(snapshotJson(collection, row, viewer, sight.isManager), topic)
      made.set(key, text)
      return text
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
