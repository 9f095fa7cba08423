/** The end of a prefix's keys in the order of bytes: no text has the byte 0xFF. */
export function afterPrefix(prefix: string): Uint8Array {
  return Buffer.concat([Buffer.from(prefix), Buffer.from([0xff])])
}
