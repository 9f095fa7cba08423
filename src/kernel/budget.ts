const kibibyte = 1024
const mebibyte = 1024 * kibibyte

/**
 * The budget of a request: the maximum it may send and the maximum it may cost. A request past one of
 * them is refused before it does the work.
 *
 * @see docs/security.md, which lists every figure with its reason
 */
export const budget = {
  /** Bytes of a body on routes that take records. */
  bodyBytes: 32 * mebibyte,
  /** Levels of nested arrays and objects in a JSON document. SQLite reads no more. */
  jsonDepth: 1000,
  /** Parts of a multipart form. Go reads as many. */
  formParts: 1000,
} as const
