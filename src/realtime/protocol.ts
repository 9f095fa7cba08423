/*
 * The events of a stream as bytes. Field names have no space after their colon, as in PocketBase.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** The event with the client's id. */
export const connectTopic = 'PB_CONNECT'

/** Formats an event; `data` is a single line. */
export function eventFrame(clientId: string, topic: string, data: string): Uint8Array {
  return new TextEncoder().encode(`id:${clientId}\nevent:${oneLine(topic)}\ndata:${data}\n\n`)
}

/** A comment, which clients ignore. If it cannot be written, the client is gone. */
export const heartbeatFrame = new TextEncoder().encode(':\n\n')

/** The headers of a stream. */
export const streamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
} as const

/** A line break would begin another field. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ')
}
