/**
 * A stream whose length its reader knows, on hosts that require it. An error in place of a chunk
 * breaks it off.
 */
export function knownLength(
  chunks: readonly (string | Error)[],
  length: number,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const rest = chunks.values()
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = rest.next()
      if (done === true) controller.close()
      else if (value instanceof Error) controller.error(value)
      else controller.enqueue(encoder.encode(value))
    },
  })
  const isRequired = 'FixedLengthStream' in globalThis
  return isRequired ? stream.pipeThrough(new FixedLengthStream(length)) : stream
}
