/*
 * The interfaces we need from a host: the bindings of Workers, narrowed to the methods we call. On
 * Workers the bindings are passed through unchanged.
 */

/** A prepared statement, bound or not. */
export interface PreparedStatement {
  bind(...values: unknown[]): PreparedStatement
}

/** The result of one statement of a batch. */
export interface StatementResult {
  readonly results: readonly Record<string, unknown>[]
  readonly meta: {
    readonly rows_read?: number
    readonly rows_written?: number
    readonly changes?: number
  }
}

/** The part of `D1Database` we use. */
export interface Database {
  prepare(sql: string): PreparedStatement
  /** One transaction: every statement commits, or none. */
  batch(statements: PreparedStatement[]): Promise<StatementResult[]>
  /** The bookmark to which D1 Time Travel can return the database; absent on other hosts. */
  bookmark?(): Promise<string | null>
}

/** The part of `Queue` we use. A message only wakes a Worker, and says nothing. */
export interface WakeUpQueue {
  send(message: object): Promise<unknown>
}

/**
 * The part of `D1Database` that returns rows as lists, which keeps columns with the same name
 * apart.
 */
export interface RawDatabase {
  prepare(sql: string): {
    /** The first row holds the names of the columns. */
    raw(options: { columnNames: true }): Promise<unknown[][]>
  }
}

/** The part of `KVNamespace` we use. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>
  put(
    key: string,
    value: string,
    options: { expiration: number; metadata?: Record<string, unknown> },
  ): Promise<void>
  delete(key: string): Promise<void>
  list(options: { prefix: string; cursor?: string }): Promise<{
    readonly keys: readonly { readonly name: string; readonly metadata?: unknown }[]
    readonly list_complete: boolean
    readonly cursor?: string
  }>
}

/** The metadata of an object in the bucket. */
export interface ObjectMetadata {
  readonly httpMetadata?: { readonly contentType?: string }
  readonly customMetadata?: Readonly<Record<string, string>>
}

/** An object of a bucket, without its content. */
export interface StoredObject extends ObjectMetadata {
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** The ETag in quotes, as in a header. */
  readonly httpEtag: string
  readonly uploaded: Date
}

/** An object with its content, or with the requested range of it. */
export interface StoredObjectBody extends StoredObject {
  readonly body: ReadableStream<Uint8Array>
  arrayBuffer(): Promise<ArrayBuffer>
}

/** A part of a multipart upload. */
export interface UploadedPart {
  /** From 1. */
  readonly partNumber: number
  readonly etag: string
}

/** A multipart upload. All parts have the same size, at least 5 MiB, except the last. */
export interface MultipartUpload {
  readonly key: string
  readonly uploadId: string
  uploadPart(partNumber: number, content: Uint8Array): Promise<UploadedPart>
  complete(parts: UploadedPart[]): Promise<StoredObject>
  abort(): Promise<void>
}

/** The part of `R2Bucket` we use. The length of an uploaded stream must be known. */
export interface Bucket {
  head(key: string): Promise<StoredObject | null>
  get(
    key: string,
    options?: { range?: { offset: number; length: number } },
  ): Promise<StoredObjectBody | null>
  put(
    key: string,
    content: ReadableStream<Uint8Array> | ArrayBuffer | Uint8Array | string,
    options?: ObjectMetadata,
  ): Promise<StoredObject>
  /** Deletes at most 1000 keys. A missing key is no error. */
  delete(keys: string | string[]): Promise<void>
  list(options: {
    prefix: string
    cursor?: string
    /** Lists only keys after this one. */
    startAfter?: string
    limit?: number
  }): Promise<{
    readonly objects: readonly StoredObject[]
    readonly truncated: boolean
    readonly cursor?: string
  }>
  createMultipartUpload(key: string, options?: ObjectMetadata): Promise<MultipartUpload>
  resumeMultipartUpload(key: string, uploadId: string): MultipartUpload
}

/** The part of `Fetcher` we use of the static assets. */
export interface Assets {
  fetch(url: string): Promise<Response>
}

/** Work that continues after the response is sent. */
export interface Background {
  run(work: Promise<unknown>): void
}
