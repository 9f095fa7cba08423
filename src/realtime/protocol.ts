/*
 * The events of a stream, as bytes. Field names have no space after their colon, as PocketBase writes
 * them.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** The event that tells a client who it is. */
export const connectTopic = 'PB_CONNECT'

/** An event; `data` is one line. */
export function eventFrame(clientId: string, topic: string, data: string): Uint8Array {
  return new TextEncoder().encode(`id:${clientId}\nevent:${oneLine(topic)}\ndata:${data}\n\n`)
}

/** A comment, which clients skip. Who cannot be written to is gone. */
export const heartbeatFrame = new TextEncoder().encode(':\n\n')

/** The headers of a stream. */
export const streamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
} as const

/** A line end would begin another field. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ')
}
