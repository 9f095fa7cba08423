/** The length of a string in UTF-8 bytes. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Converts a name to snake_case. A capital after a lower-case letter starts a word. */
export function snakeCase(text: string): string {
  const words = text.split(/[\W_]+/).filter((word) => word !== '')
  return words.map((word) => word.replaceAll(/(?<=[^A-Z])[A-Z]/g, '_$&').toLowerCase()).join('_')
}
