/** A statement sent by the product. */
export interface RecordedStatement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** The calls of the bindings for one request, in order. */
export interface Recording {
  /** Each batch is one trip to D1. */
  readonly batches: readonly (readonly RecordedStatement[])[]
  /** The keys read from KV. */
  readonly keys: readonly string[]
}

/** The path at which the recording Worker returns and clears its recording. */
export const recordingPath = '/bench/recording'

/** The path at which the bare Worker receives the recording to replay. */
export const replayPath = '/bench/replay'

/** The calls that the bare Worker replays. */
export interface Replay extends Recording {
  /** A parameter that must be unique per request: the id of a created record. */
  readonly unique?: string
}
