import { connect as connectPlain, type Socket as NodeSocket } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Socket } from '#adapters/smtp/smtp-connection.ts'
import { type Connect, createSmtpMailer } from '#adapters/smtp/smtp-mailer.ts'
import type { Mailer, MailTransports } from '#platform/mailer.ts'

/**
 * The mail transports of a Node process: TCP to an SMTP server.
 *
 * @param platform a way to send that is not SMTP, for tests
 */
export function createMailTransports(platform?: Mailer): MailTransports {
  return { smtp: (server) => createSmtpMailer(server, connectSocket), platform }
}

const connectSocket: Connect = ({ hostname, port }, security) => {
  const isTls = security === 'tls'
  const socket = isTls
    ? connectTls({ host: hostname, port, servername: nameFor(hostname) })
    : connectPlain({ host: hostname, port })
  return toSocket(socket, hostname, isTls ? 'secureConnect' : 'connect')
}

/** A socket of Node with the interface of `cloudflare:sockets`. */
function toSocket(socket: NodeSocket, hostname: string, openEvent: string): Socket {
  const opened = new Promise<void>((resolve, reject) => {
    socket.once(openEvent, () => resolve())
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The connection was closed.')))
  })
  // A failure also reaches the code that reads or writes.
  opened.catch(() => undefined)
  return {
    readable: Readable.toWeb(socket) as unknown as ReadableStream<Uint8Array>,
    writable: Writable.toWeb(socket),
    opened,
    startTls() {
      const secured = connectTls({ socket, servername: nameFor(hostname) })
      return toSocket(secured, hostname, 'secureConnect')
    },
    async close() {
      socket.destroy()
    },
  }
}

/** A certificate is for a name; addresses are not sent in the handshake. */
function nameFor(hostname: string): string {
  return /^[\d.]+$|:/.test(hostname) ? '' : hostname
}
