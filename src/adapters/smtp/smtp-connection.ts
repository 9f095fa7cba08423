/** A byte stream to a server that can switch to TLS, as `cloudflare:sockets` provides it. */
export interface Socket {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  /** Settles when the connection is open or has failed. */
  readonly opened: Promise<unknown>
  /** Continues the stream over TLS. The locks on this one must be released. */
  startTls(): Socket
  close(): Promise<void>
}

/** A server's reply to a command. */
export interface Reply {
  readonly code: number
  /** One string per line, without the code. */
  readonly lines: readonly string[]
}

/** A reply other than the one a command requires. */
export class SmtpError extends Error {
  override readonly name = 'SmtpError'
  readonly code: number

  constructor(command: string, { code, lines }: Reply) {
    super(`The SMTP server answered ${command} with ${code} ${lines.join(' ')}`)
    this.code = code
  }

  /** True if the same command would fail again. */
  get isPermanent(): boolean {
    return this.code >= 500
  }
}

/** More than any server sends in one reply. */
const maxReplyLength = 64 * 1024

/** Sends commands and receives replies over a socket. */
export class SmtpConnection {
  #socket: Socket
  #reader: ReadableStreamDefaultReader<Uint8Array>
  #writer: WritableStreamDefaultWriter<Uint8Array>
  /** Received data that is not yet parsed as a reply. */
  #received = ''
  readonly #encoder = new TextEncoder()
  #decoder = new TextDecoder()

  constructor(socket: Socket) {
    this.#socket = socket
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
  }

  /**
   * Sends a line and returns the reply.
   *
   * @param name the command's name in errors: the line itself may contain a password or an address
   * @throws {SmtpError} If the reply does not begin with the digit.
   */
  async command(name: string, line: string, expected: 2 | 3): Promise<Reply> {
    await this.write(`${line}\r\n`)
    return await this.reply(name, expected)
  }

  /**
   * Reads the next reply.
   *
   * @throws {SmtpError} As `command`.
   */
  async reply(name: string, expected: 2 | 3): Promise<Reply> {
    const reply = await this.#readReply()
    if (Math.floor(reply.code / 100) !== expected) throw new SmtpError(name, reply)
    return reply
  }

  async write(text: string): Promise<void> {
    await this.#writer.write(this.#encoder.encode(text))
  }

  /**
   * Continues over TLS. Data received before the handshake is discarded: an attacker may have
   * injected it to be read as part of the encrypted conversation.
   *
   * @see https://nostarttls.secvuln.info/
   */
  startTls(): void {
    if (this.#received !== '') throw new Error('The SMTP server spoke before TLS had begun.')
    this.#reader.releaseLock()
    this.#writer.releaseLock()
    this.#socket = this.#socket.startTls()
    this.#reader = this.#socket.readable.getReader()
    this.#writer = this.#socket.writable.getWriter()
    this.#decoder = new TextDecoder()
  }

  async close(): Promise<void> {
    await this.#socket.close()
  }

  async #readReply(): Promise<Reply> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#readLine()
      const [, code, separator, text = ''] = /^(\d{3})([ -]?)(.*)$/.exec(line) ?? []
      if (code === undefined) throw new Error('The server does not speak SMTP.')
      lines.push(text)
      if (separator !== '-') return { code: Number(code), lines }
    }
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\n')
      if (end >= 0) {
        const line = this.#received.slice(0, end).replace(/\r$/, '')
        this.#received = this.#received.slice(end + 1)
        return line
      }
      const { value, done } = await this.#reader.read()
      if (done) throw new Error('The SMTP server closed the connection.')
      this.#received += this.#decoder.decode(value, { stream: true })
      if (this.#received.length > maxReplyLength) throw new Error('The SMTP server says too much.')
    }
  }
}
