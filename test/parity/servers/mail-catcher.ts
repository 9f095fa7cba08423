import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'
import { readMail } from './read-mail.ts'

/** A mail as both servers can be held to it: whatever the words around it are. */
export interface CaughtMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** Where it leads, the first time each address appears. */
  readonly links: readonly string[]
  /** The marked parts of the corpus' templates: the contents of `<samp>` elements. */
  readonly marked: readonly string[]
  /** The media types of its parts. */
  readonly parts: readonly string[]
}

/** One SMTP server for both servers, which are distinguished by their names in EHLO. */
export interface MailCatcher {
  readonly port: number
  /** Takes the next mail of a sender with this EHLO name; undefined if it times out. */
  take(greeting: string, milliseconds: number): Promise<CaughtMail | undefined>
  /** Removes and returns all remaining mails. */
  clear(greeting: string): CaughtMail[]
  stop(): Promise<void>
}

/** Starts a server on a free loopback port that accepts every mail and relays none. */
export async function startMailCatcher(): Promise<MailCatcher> {
  const mails = new Map<string, CaughtMail[]>()
  const mailsOf = (greeting: string): CaughtMail[] => {
    const known = mails.get(greeting) ?? []
    mails.set(greeting, known)
    return known
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        const mail = caughtMail(Buffer.concat(chunks).toString('latin1'), recipients)
        mailsOf(session.hostNameAppearsAs || '').push(mail)
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given.')

  return {
    port: address.port,
    async take(greeting, milliseconds) {
      const deadline = Date.now() + milliseconds
      while (mailsOf(greeting).length === 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return mailsOf(greeting).shift()
    },
    clear: (greeting) => mailsOf(greeting).splice(0),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function caughtMail(message: string, to: readonly string[]): CaughtMail {
  const { headers, parts } = readMail(message)
  const html = parts.find(({ type }) => type === 'text/html')?.text ?? ''
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => plainLink(link))
  return {
    from: headers.get('from') ?? '',
    to,
    subject: headers.get('subject') ?? '',
    links: [...new Set(links)],
    marked: [...html.matchAll(/<samp>([\s\S]*?)<\/samp>/g)].map(([, text = '']) => text.trim()),
    parts: parts.map(({ type }) => type).toSorted(),
  }
}

/** PocketBase's default links lead to its dashboard, by the fragment; ours to the same pages without. */
function plainLink(link: string): string {
  return link.replaceAll('&amp;', '&').replace('/_/#/auth/', '/_/auth/')
}
