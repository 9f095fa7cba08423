import { type Answer, Client, type Json } from './client.ts'
import { type Difference, compare } from './compare.ts'
import { Correspondence } from './correspondence.ts'
import { type EventStream, openEventStream, type StreamMessage } from './event-stream.ts'
import type { Report } from './report.ts'
import type { CaughtMail, MailCatcher } from './servers/mail-catcher.ts'
import { type ParityRequest, type Values, toWire } from './request.ts'
import type { Step, StoredValue } from './scenario.ts'
import { type ParityServer, superuser } from './servers/server.ts'

/** The position of a request in the run. */
export interface Origin {
  readonly area: string
  readonly scenario: string
  readonly again: string
  /** Additional information for understanding a difference. */
  readonly note?: string
}

/** The names in EHLO of each side, which count as generated values. */
const greetings = ['modelmailer0000', 'aretemailer0000'] as const

/** Both send a mail after the response, and only one of them soon. */
const mailMilliseconds = 10_000
const closeMilliseconds = 5_000

/** The outcome of one request. */
export interface Outcome {
  readonly left: Answer
  readonly right: Answer
  /** The unlisted differences. */
  readonly differences: readonly Difference[]
  /**
   * True if both returned the same status, or differ as listed, so that both should have the same
   * data.
   */
  readonly sameStatus: boolean
}

/** Two servers that get the same requests. The left one is the model. */
export class Pair {
  readonly #clients: readonly [Client, Client]
  readonly #values: readonly [Values, Values] = [new Map(), new Map()]
  readonly #correspondence = new Correspondence()
  readonly #views = new Set<string>()
  readonly #report: Report
  readonly #catcher: MailCatcher
  readonly #servers: readonly [ParityServer, ParityServer]
  readonly #streams = new Map<string, readonly [EventStream, EventStream]>()

  constructor(left: ParityServer, right: ParityServer, report: Report, catcher: MailCatcher) {
    this.#clients = [new Client(left), new Client(right)]
    this.#servers = [left, right]
    this.#report = report
    this.#catcher = catcher
    for (const [side, greeting] of greetings.entries()) {
      this.#values[side]?.set('mail:greeting', greeting)
      this.#values[side]?.set('mail:port', String(catcher.port))
    }
  }

  /**
   * Sends to both concurrently, compares and reports. `keep` stores values of the responses by
   * name.
   */
  async send(
    request: ParityRequest,
    origin: Origin,
    options: {
      keep?: Readonly<Record<string, string>>
      isUnordered?: boolean
      isPicture?: boolean
    } = {},
  ): Promise<Outcome> {
    this.#correspondence.noteSent(JSON.stringify(request))
    const wires = this.#values.map((values) => toWire(request, values))
    const [wire, other] = wires
    if (wire === undefined || other === undefined) throw new Error('A pair has two sides.')
    const [left, right] = await Promise.all([
      this.#clients[0].send(wire),
      this.#clients[1].send(other),
    ])
    this.#keep(options.keep ?? {}, left, right)
    if (pick(left.json, '$.type') === 'view') this.#views.add(pick(left.json, '$.name') ?? '')

    const place = {
      method: wire.method,
      path: wire.path.split('?')[0] ?? '',
      scenario: origin.scenario,
    }
    const differences = this.#report.add(
      { ...origin, place, as: request.as ?? 'superuser', wire, left, right },
      compare(left, right, {
        correspondence: this.#correspondence,
        isUnordered: options.isUnordered ?? false,
        isPicture: options.isPicture ?? false,
        views: this.#views,
      }),
    )
    const sameStatus = left.status === right.status
    return { left, right, differences, sameStatus }
  }

  /** Sends to both without comparing or counting, to clean up between scenarios. */
  async sendQuietly(request: ParityRequest): Promise<readonly [Answer, Answer]> {
    const [left, right] = this.#values.map((values) => toWire(request, values))
    if (left === undefined || right === undefined) throw new Error('A pair has two sides.')
    return Promise.all([this.#clients[0].send(left), this.#clients[1].send(right)])
  }

  /** Sends a request to one side without comparing, if only that side has the data. */
  async sendQuietlyTo(side: 0 | 1, request: ParityRequest): Promise<Answer> {
    return this.#clients[side].send(toWire(request, this.#values[side]))
  }

  /** Opens a stream on both; its client is known by this name. */
  async openStream(name: string): Promise<void> {
    const streams = await Promise.all([
      openEventStream(this.#servers[0]),
      openEventStream(this.#servers[1]),
    ])
    this.#streams.set(name, streams)
    for (const [side, { clientId }] of streams.entries()) this.#values[side]?.set(name, clientId)
  }

  /** Waits until a stream of both has this many messages, and compares them. */
  async hear(
    origin: Origin,
    name: string,
    count: number,
    { isUnordered = false }: Pick<Step, 'isUnordered'>,
  ): Promise<number> {
    const streams = this.#streams.get(name)
    if (streams === undefined) throw new Error(`There is no stream ${name}.`)
    const [left, right] = await Promise.all(streams.map((stream) => stream.take(count)))
    const inOrder = (messages: readonly StreamMessage[] = []): readonly StreamMessage[] =>
      isUnordered ? messages.toSorted(byText) : messages
    const answers = [streamAnswer(inOrder(left)), streamAnswer(inOrder(right))] as const
    const path = `/${name}`
    const wire = { method: 'STREAM', path, headers: {}, body: '' }
    const place = { method: wire.method, path, scenario: origin.scenario }
    this.#report.add(
      { ...origin, place, as: name, wire, left: answers[0], right: answers[1] },
      compare(...answers, { correspondence: this.#correspondence }),
    )
    return left?.length ?? 0
  }

  /** Closes a stream of both, and waits until neither knows its client. */
  async closeStream(name: string): Promise<void> {
    for (const stream of this.#streams.get(name) ?? []) stream.close()
    this.#streams.delete(name)
    const deadline = Date.now() + closeMilliseconds
    while (Date.now() < deadline) {
      const answers = await this.sendQuietly({
        as: 'guest',
        send: 'POST /api/realtime',
        json: { clientId: `{{${name}}}` },
      })
      if (answers.every(({ status }) => status === 404)) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Ends all streams. */
  closeStreams(): void {
    for (const stream of [...this.#streams.values()].flat()) stream.close()
    this.#streams.clear()
  }

  /**
   * Waits for a mail from both and compares them. `keep` stores the token in each link, or else its
   * first mark.
   */
  async receiveMail(origin: Origin, as: string, keep?: string): Promise<readonly string[]> {
    const [left, right] = await Promise.all(
      greetings.map((greeting) => this.#catcher.take(greeting, mailMilliseconds)),
    )
    this.#compareMails(origin, as, left, right)
    for (const [side, mail] of [left, right].entries()) {
      if (keep !== undefined) this.#values[side]?.set(keep, secretOf(mail))
    }
    return left?.to ?? []
  }

  /** Polls both until each has a value there; false if one of them times out. */
  async awaitValue({ send, path }: StoredValue): Promise<boolean> {
    const deadline = Date.now() + mailMilliseconds
    while (Date.now() < deadline) {
      const answers = await this.sendQuietly({ send })
      if (answers.every(({ json }) => (pick(json, path) ?? '') !== '')) return true
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return false
  }

  /** Compares mails that no step waited for, and returns the number of the model's. */
  async unexpectedMails(origin: Origin): Promise<number> {
    // Mails after the response had the time of all later steps, except the last one's.
    await new Promise((resolve) => setTimeout(resolve, 150))
    const [left = [], right = []] = greetings.map((greeting) => this.#catcher.clear(greeting))
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      this.#compareMails(origin, 'guest', left[i], right[i])
    }
    return left.length
  }

  #compareMails(
    origin: Origin,
    as: string,
    leftMail: CaughtMail | undefined,
    rightMail: CaughtMail | undefined,
  ): void {
    const [left, right] = [mailAnswer(leftMail), mailAnswer(rightMail)]
    const path = `/${leftMail?.to.join() ?? 'none'}`
    const wire = { method: 'MAIL', path, headers: {}, body: '' }
    const place = { method: wire.method, path, scenario: origin.scenario }
    this.#report.add(
      { ...origin, place, as, wire, left, right },
      compare(left, right, { correspondence: this.#correspondence }),
    )
  }

  /** Signs in the superuser on both. @throws Error if one of them fails. */
  async signInSuperuser(): Promise<void> {
    const answers = await this.sendQuietly({
      as: 'guest',
      send: 'POST /api/collections/_superusers/auth-with-password',
      json: { identity: superuser.email, password: superuser.password },
    })
    for (const [side, answer] of answers.entries()) {
      const token = pick(answer.json, '$.token')
      if (token === undefined) {
        throw new Error(`The superuser cannot sign in: ${answer.status} ${answer.text}`)
      }
      this.#values[side]?.set('token:superuser', token)
    }
  }

  /** Stores a value that both receive for `{{name}}`. */
  remember(name: string, value: string): void {
    for (const values of this.#values) values.set(name, value)
  }

  /** Closes the connections to both. */
  close(): void {
    for (const client of this.#clients) client.close()
  }

  #keep(names: Readonly<Record<string, string>>, left: Answer, right: Answer): void {
    for (const [name, path] of Object.entries(names)) {
      // A value that was not answered is sent on as such, so that the step that uses it shows it.
      this.#values[0].set(name, pick(left.json, path) ?? 'missing')
      this.#values[1].set(name, pick(right.json, path) ?? 'missing')
    }
  }
}

/** Messages in the form of a response. */
function byText(a: StreamMessage, b: StreamMessage): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}

function streamAnswer(messages: readonly StreamMessage[]): Answer {
  const json = messages.map((message) => ({ ...message }))
  return { status: 200, headers: {}, text: JSON.stringify(json), json }
}

/** A mail in the form of a response. A missing mail has the status 404. */
function mailAnswer(mail: CaughtMail | undefined): Answer {
  if (mail === undefined) return { status: 404, headers: {}, text: 'no mail', json: undefined }
  return { status: 200, headers: {}, text: JSON.stringify(mail), json: { ...mail } }
}

/** The token at the end of a mail's link, or else what its template marks. */
function secretOf(mail: CaughtMail | undefined): string {
  const link = mail?.links.find((address) => address.includes('/auth/confirm-'))
  return link?.split('/').at(-1) ?? mail?.marked[0] ?? 'missing'
}

/** The text or number at a path like `$.items[0].id`; undefined where there is none. */
export function pick(document: Json | undefined, path: string): string | undefined {
  const keys = path.match(/(?<=\.)\w+|(?<=\[)\d+/g) ?? []
  let value: unknown = document
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
