/** The encodings that files of tables come in. */
export const encodings = ['utf-8', 'windows-1252', 'utf-16le'] as const

/** The encoding of a file. */
export type Encoding = (typeof encodings)[number]

/** The encoding of a file: as its mark says, UTF-8 if it is valid UTF-8, else that of old spreadsheets. */
export function guessEncoding(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** The text of a file in an encoding. */
export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes)
}
