/*
 * The events of a stream as bytes. Field names have no space after their colon, as in PocketBase.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */

/** The event with the client's id. */
export const connectTopic = 'PB_CONNECT'

const encoder = new TextEncoder()

/** Formats an event for a client; `data` is a single line. */
export type FormatEvent = (clientId: string, topic: string, data: string) => Uint8Array

/**
 * Creates a function that formats events. An event goes to many clients, one after another, so
 * everything but the client's id is encoded once.
 */
export function createEventFormat(): FormatEvent {
  let last = { topic: '', data: '', bytes: encoder.encode('') }
  return (clientId, topic, data) => {
    if (last.topic !== topic || last.data !== data) {
      last = { topic, data, bytes: encoder.encode(`event:${oneLine(topic)}\ndata:${data}\n\n`) }
    }
    // An id has one byte per character.
    const id = `id:${clientId}\n`
    const frame = new Uint8Array(id.length + last.bytes.length)
    encoder.encodeInto(id, frame)
    frame.set(last.bytes, id.length)
    return frame
  }
}

/** A comment, which clients ignore. If it cannot be written, the client is gone. */
export const heartbeatFrame = encoder.encode(':\n\n')

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
