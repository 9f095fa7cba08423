/** A statement as the product sent it. */
export interface RecordedStatement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** What the product asked of its bindings for one request, in order. */
export interface Recording {
  /** Each batch is one trip to D1. */
  readonly batches: readonly (readonly RecordedStatement[])[]
  /** The keys that were read from KV. */
  readonly keys: readonly string[]
}

/** Where the recording Worker tells what it recorded, and forgets it. */
export const recordingPath = '/bench/recording'

/** Where the bare Worker is told which recording to replay. */
export const replayPath = '/bench/replay'

/** What the bare Worker replays. */
export interface Replay extends Recording {
  /** A text in the parameters that must be new at each request: the id of a created record. */
  readonly unique?: string
}
