/** The length of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Words in lower case, joined by underscores; a capital after a small letter begins one. */
export function snakeCase(text: string): string {
  const words = text.split(/[\W_]+/).filter((word) => word !== '')
  return words.map((word) => word.replaceAll(/(?<=[^A-Z])[A-Z]/g, '_$&').toLowerCase()).join('_')
}
