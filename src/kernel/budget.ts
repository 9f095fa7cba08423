const kibibyte = 1024
const mebibyte = 1024 * kibibyte

/**
 * The budget of a request: the maximum it may send and the maximum it may cost. A request past one of
 * them is refused before it does the work.
 *
 * @see docs/security.md, which lists every figure with its reason
 */
export const budget = {
  /** Bytes of a body on routes that take files. Fields of a collection add to it. */
  bodyBytes: 32 * mebibyte,
  /** Bytes of a body held in memory at once: everything except the files of a form. */
  textBytes: 16 * mebibyte,
  /** Bytes of a body on routes that take a few known fields. */
  formBytes: 64 * kibibyte,
  /** Bytes of a body on routes whose known fields hold a list or a record. */
  largeFormBytes: mebibyte,
  /** Pairs of an urlencoded form. */
  formPairs: 10_000,
  /** Parts of a multipart form. Go has the same limit. */
  formParts: 1000,
  /**
   * Arrays, objects and commas of a JSON document, including strings in it that may be JSON
   * themselves.
   */
  jsonMembers: 250_000,
  /** Levels of nested arrays and objects in a JSON document. SQLite has the same limit. */
  jsonDepth: 1000,
  /** Paths of the parameter `fields`. */
  fieldPaths: 500,
  /** Characters of all subscriptions of a realtime client. */
  subscriptionBytes: 256 * kibibyte,
  /** Distinct options of the subscriptions that guests at one address have in a shard. */
  guestOptions: 25,
  /** Milliseconds in which the subscribers of a change are found. */
  realtimeMilliseconds: 500,
  /** Combinations of related records that one statement tests for a client's filter. */
  filterCombinations: 200_000,
  /** Records in one response with expanded relations, counting repeated records each time. */
  expandNodes: 50_000,
  /** Approximate bytes of these records. */
  expandBytes: 8 * mebibyte,
} as const
