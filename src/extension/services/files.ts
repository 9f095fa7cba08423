import { fileKey } from '#files/object-key.ts'
import { constant } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { recordErrors } from '#records/errors.ts'
import type { DeploymentServices } from '#request-services.ts'
import type { AreteRecord } from '#extension/records.ts'

/** A stored file. Its content can be read once. */
export interface AreteFile {
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly body: ReadableStream<Uint8Array>
}

/** The files of records: `arete.files`. A `File` or `Blob` in a write stores one. */
export interface Files {
  /**
   * Reads a file of a record as the deployment, protected or not; undefined if it is missing. 1 trip,
   * and 1 read of the store. Use the body, or cancel it.
   */
  get(record: FileOwner, name: string): Promise<AreteFile | undefined>
  /** The path of a file on this deployment, for clients. A protected file needs a token, too. */
  path(record: FileOwner, name: string): string
}

/** A record, or its collection and id. */
export type FileOwner = Pick<AreteRecord, 'id'> & { readonly collectionName?: unknown }

/** Makes `arete.files`. */
export function createFiles(services: () => DeploymentServices): Files {
  return {
    async get({ id, collectionName }, name) {
      const { transactor, bucket } = services()
      const collectionId = await transactor.read(({ catalog }) => {
        const collection = catalog.collections.find(String(collectionName))
        if (collection === undefined) throw new ApiError(recordErrors.collectionMissing)
        return constant(collection.id)
      })
      // A slash would lead to the file of another record.
      if (!isPart(id) || !isPart(name)) return undefined
      const object = await bucket.get(fileKey(collectionId, id, name))
      if (object === null || !('body' in object)) return undefined
      const contentType = object.httpMetadata?.contentType ?? 'application/octet-stream'
      return { name, contentType, sizeBytes: object.size, body: object.body }
    },
    path: ({ id, collectionName }, name) =>
      `/api/files/${[String(collectionName), id, name].map(encodeURIComponent).join('/')}`,
  }
}

function isPart(text: string): boolean {
  return text !== '' && !text.includes('/')
}
