/*
 * Real SMTP servers on loopback for tests. They run in Node; tests in the Workers runtime query
 * received mails over HTTP.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { smtpLogin, type ArrivedMail, type SmtpSetup } from './smtp-setup.ts'

/** Running servers. */
export interface RunningSmtp {
  readonly setup: SmtpSetup
  stop(): Promise<void>
}

const tlsFolder = join(import.meta.dirname, '../fixtures/tls')

function keyPair(name: string): { key: Buffer; cert: Buffer } {
  return {
    key: readFileSync(join(tlsFolder, `${name}.key`)),
    cert: readFileSync(join(tlsFolder, `${name}.pem`)),
  }
}

const trusted = keyPair('server')
const untrusted = keyPair('unknown')

/**
 * Starts a server of each kind. The local part of a recipient decides the result: `refused` is a
 * permanent and `later` a temporary rejection, `dropped` closes the connection during the message,
 * `spam` rejects the message.
 */
export async function startSmtpServers(): Promise<RunningSmtp> {
  const arrived: ArrivedMail[] = []
  const open = { authOptional: true, disabledCommands: ['STARTTLS'] }
  const servers = {
    plain: createSmtp({ ...open, hideSize: true }, arrived),
    login: createSmtp({ authMethods: ['LOGIN'], disabledCommands: ['STARTTLS'] }, arrived),
    startTls: createSmtp({ ...trusted, authMethods: ['PLAIN', 'LOGIN'] }, arrived),
    tls: createSmtp({ ...trusted, secure: true }, arrived),
    untrusted: createSmtp({ ...untrusted, secure: true }, arrived),
  }
  const reports = createServer((request, response) => {
    if (request.method === 'DELETE') arrived.length = 0
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(arrived))
  })
  const ports = {
    plain: await listen(servers.plain.server),
    login: await listen(servers.login.server),
    startTls: await listen(servers.startTls.server),
    tls: await listen(servers.tls.server),
    untrusted: await listen(servers.untrusted.server),
  }
  const reportsPort = await listen(reports)
  return {
    setup: { ports, reports: `http://127.0.0.1:${reportsPort}/` },
    async stop() {
      await Promise.all([...Object.values(servers).map(closed), closed(reports)])
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function closed(server: { close(done: () => void): unknown }): Promise<void> {
  await new Promise<void>((resolve) => void server.close(resolve))
}

function createSmtp(options: SMTPServerOptions, arrived: ArrivedMail[]): SMTPServer {
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    ...options,
    authMethods: options.authMethods ?? ['PLAIN', 'LOGIN'],
    closeTimeout: 500,
    onAuth({ method, username, password }, session, done) {
      const isRight = username === smtpLogin.username && password === smtpLogin.password
      if (!isRight) return done(refusal(535, 'Wrong user name or password'))
      return done(null, { user: `${method} ${session.secure ? 'TLS' : 'clear'}` })
    },
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('refused@')) return done(refusal(550, `No such user: ${address}`))
      if (address.startsWith('later@')) return done(refusal(451, 'Try again later'))
      return done()
    },
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      const isFor = (name: string) => recipients.includes(`${name}@example.com`)
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (isFor('dropped')) for (const socket of sockets) socket.destroy()
      })
      stream.on('end', () => {
        if (isFor('dropped')) return
        if (isFor('spam')) return done(refusal(554, 'Message rejected'))
        arrived.push({
          localName: session.hostNameAppearsAs,
          login: typeof session.user === 'string' ? session.user : undefined,
          isEncrypted: session.secure,
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: recipients,
          message: Buffer.concat(chunks).toString('utf8'),
        })
        return done()
      })
    },
  })
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A client that disconnects must not fail the test run.
  server.on('error', () => undefined)
  return server
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
