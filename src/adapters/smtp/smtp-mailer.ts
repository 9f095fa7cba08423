import { type Mailer, MailRefusedError, type SmtpServer } from '#platform/mailer.ts'
import { base64, envelopeAddress, mimeMessage } from './mime-message.ts'
import { SmtpConnection, SmtpError, type Socket } from './smtp-connection.ts'

/** Opens a socket: encrypted from the first byte, or able to switch to TLS later. */
export type Connect = (
  address: { readonly hostname: string; readonly port: number },
  security: 'tls' | 'starttls',
) => Socket

/** A mail that is not accepted by then is retried later. */
const deadlineMilliseconds = 20_000

/** The default name in EHLO; every server accepts it. */
const defaultLocalName = 'localhost'

/**
 * Sends mails to an SMTP server, each over a connection of its own.
 *
 * A permanent rejection of a recipient or message is final. A rejected sign-in or sender is not,
 * because it depends on settings that can be corrected.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321
 */
export function createSmtpMailer(server: SmtpServer, connect: Connect): Mailer {
  return {
    async send(mail) {
      const envelope = {
        from: envelopeAddress(mail.from.address),
        to: mail.to.map(({ address }) => envelopeAddress(address)),
      }
      const message = mimeMessage(mail, new Date())
      await withConnection(server, connect, async (connection) => {
        const session = await greet(connection, server)
        await signIn(connection, server, session)
        await handOver(connection, envelope, message, session.offers)
      })
    },
  }
}

/** Opens a connection, always closes it, and cuts it off at the deadline. */
async function withConnection(
  { host, port, tls }: SmtpServer,
  connect: Connect,
  talk: (connection: SmtpConnection) => Promise<void>,
): Promise<void> {
  const socket = connect({ hostname: host, port }, tls ? 'tls' : 'starttls')
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error('The SMTP server took too long.')),
    deadlineMilliseconds,
  )
  const connection = new SmtpConnection(socket)
  try {
    await Promise.race([socket.opened.then(() => talk(connection)), tooLate])
  } finally {
    clearTimeout(timer)
    // The connection may be closed already.
    await connection.close().catch(() => undefined)
  }
}

/** The extensions a server offers, in upper case, with their parameters. */
type Offers = ReadonlyMap<string, readonly string[]>

/** A connection before authentication. */
interface Session {
  readonly offers: Offers
  readonly isEncrypted: boolean
}

/** Greets the server, and switches to TLS if it can. */
async function greet(connection: SmtpConnection, server: SmtpServer): Promise<Session> {
  await connection.reply('the connection', 2)
  const offers = await hello(connection, server)
  if (server.tls) return { offers, isEncrypted: true }
  if (!offers.has('STARTTLS')) return { offers, isEncrypted: false }

  await connection.command('STARTTLS', 'STARTTLS', 2)
  connection.startTls()
  // An attacker may have sent the earlier extensions.
  return { offers: await hello(connection, server), isEncrypted: true }
}

async function hello(connection: SmtpConnection, { localName }: SmtpServer): Promise<Offers> {
  const { lines } = await connection.command('EHLO', `EHLO ${localName || defaultLocalName}`, 2)
  const offers = lines.slice(1).map((line) =>
    line
      .trim()
      .toUpperCase()
      .split(/[\s=]+/),
  )
  return new Map(offers.map(([keyword = '', ...parameters]) => [keyword, parameters]))
}

async function signIn(
  connection: SmtpConnection,
  server: SmtpServer,
  { offers, isEncrypted }: Session,
): Promise<void> {
  const { username, password, host } = server
  if (username === '' && password === '') return
  if (!isEncrypted && !isThisMachine(host)) {
    throw new Error('The SMTP server offers no TLS, and a password is not sent in the clear.')
  }
  if (authMethod(server, offers) === 'PLAIN') {
    const credentials = base64(`\0${username}\0${password}`)
    await connection.command('AUTH PLAIN', `AUTH PLAIN ${credentials}`, 2)
    return
  }
  await connection.command('AUTH LOGIN', 'AUTH LOGIN', 3)
  await connection.command('the user name', base64(username), 3)
  await connection.command('the password', base64(password), 2)
}

/** The configured method, else PLAIN, unless a server offers LOGIN and not PLAIN. */
function authMethod({ authMethod: configured }: SmtpServer, offers: Offers): string {
  if (configured !== '') return configured
  const offered = offers.get('AUTH') ?? []
  return offered.includes('LOGIN') && !offered.includes('PLAIN') ? 'LOGIN' : 'PLAIN'
}

function isThisMachine(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1'].includes(host)
}

interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

async function handOver(
  connection: SmtpConnection,
  envelope: Envelope,
  message: string,
  offers: Offers,
): Promise<void> {
  const parameters = isAscii(envelope) ? '' : internationalParameters(offers)
  await connection.command('MAIL', `MAIL FROM:<${envelope.from}>${parameters}`, 2)
  for (const address of envelope.to) {
    await refusing(connection.command('RCPT', `RCPT TO:<${address}>`, 2))
  }
  await connection.command('DATA', 'DATA', 3)
  await connection.write(`${dotStuffed(message)}.\r\n`)
  await refusing(connection.reply('the message', 2))
  // The server has accepted the mail, whatever happens to the goodbye.
  await connection.write('QUIT\r\n').catch(() => undefined)
}

function isAscii({ from, to }: Envelope): boolean {
  return [from, ...to].every((address) => /^[ -~]*$/.test(address))
}

/** @see https://www.rfc-editor.org/rfc/rfc6531 */
function internationalParameters(offers: Offers): string {
  if (offers.has('SMTPUTF8')) return ' SMTPUTF8'
  throw new MailRefusedError('The SMTP server takes no addresses with letters beyond ASCII.')
}

/** A line with only a dot would end the message. */
function dotStuffed(message: string): string {
  return message.replace(/^\./gm, '..')
}

/** Turns a permanent failure reply into a MailRefusedError. */
async function refusing<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    if (!(error instanceof SmtpError) || !error.isPermanent) throw error
    throw new MailRefusedError(error.message, { cause: error })
  }
}
