import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createJobs } from '#crons/jobs.ts'
import { runBatch } from '#database/batch.ts'
import { listInbox } from '#mail/inbox.ts'
import { createMailService, type MailService } from '#mail/mail-service.ts'
import { enqueueMail } from '#mail/outbox.ts'
import { type Mailer, MailRefusedError, type OutgoingMail } from '#platform/mailer.ts'
import { sql } from 'drizzle-orm'
import { bindings } from '../../support/bindings.ts'
import { createMailbox, type Mailbox } from '#extension/testing/mailbox.ts'

const minute = 60_000
const start = new Date('2026-01-31T12:00:00Z')

let logLines: unknown[]

beforeEach(() => {
  logLines = []
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  vi.spyOn(console, 'warn').mockImplementation((line) => void logLines.push(line))
  vi.spyOn(console, 'error').mockImplementation((line) => void logLines.push(line))
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function mailTo(name: string, changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: `mail-${name}`,
    to: [{ name, address: `${name}@example.com` }],
    from: { name: 'Support', address: 'support@example.com' },
    subject: 'Hello',
    html: '<p>Hello</p>',
    text: 'Hello',
    ...changes,
  }
}

async function enqueue(...mails: readonly OutgoingMail[]): Promise<void> {
  await runBatch(
    bindings.DB,
    mails.map((mail) => enqueueMail(mail)),
  )
}

/** A separate isolate whose mails go to the mailbox. */
function isolateWith(mailbox: Pick<Mailbox, 'transports'>): MailService {
  return createMailService(
    { transports: mailbox.transports, catalogs: createCatalogCache() },
    bindings,
  )
}

function isolateSendingBy(mailer: Mailer): MailService {
  return isolateWith({ transports: { platform: mailer, smtp: () => mailer } })
}

/** Runs an isolate's delivery once a minute. */
async function passMinutes(service: MailService, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed++) {
    vi.setSystemTime(Date.now() + minute)
    await service.deliver()
  }
}

async function waiting(): Promise<number> {
  const [rows] = await runBatch(bindings.DB, [sql`SELECT * FROM "_outbox"`])
  return rows?.length ?? 0
}

function logged(): string {
  return JSON.stringify(logLines)
}

describe('the outbox', () => {
  it('delivers every mail once and is empty afterwards', async ({ expect }) => {
    const mailbox = createMailbox()
    const names = Array.from({ length: 11 }, (_, index) => `reader${index}`)
    await enqueue(...names.map((name) => mailTo(name)))

    await isolateWith(mailbox).deliver()

    expect(mailbox.mails.map(({ id }) => id).toSorted()).toEqual(
      names.map((name) => `mail-${name}`).toSorted(),
    )
    expect(await waiting()).toBe(0)
  })

  it('delivers a mail as it was written', async ({ expect }) => {
    const mailbox = createMailbox()
    const mail = mailTo('ada', { subject: 'Grüße ✓ "quoted"', html: "<p>it's</p>\n" })
    await enqueue(mail)

    await isolateWith(mailbox).deliver()

    expect(mailbox.mails).toEqual([mail])
  })

  it('has no mail whose condition fails in its batch', async ({ expect }) => {
    await runBatch(bindings.DB, [
      enqueueMail(mailTo('ada'), sql`1 = 0`),
      enqueueMail(mailTo('bob'), sql`1 = 1`),
    ])

    expect(await waiting()).toBe(1)
  })

  it('loses nothing while the transport is down for an hour', async ({ expect }) => {
    const mailbox = createMailbox()
    const service = isolateWith(mailbox)
    mailbox.fail(() => new Error('connection refused'))
    await enqueue(mailTo('ada'), mailTo('bob'))

    await service.deliver()
    await passMinutes(service, 60)
    mailbox.recover()
    await passMinutes(service, 60)

    expect(mailbox.mails.map(({ id }) => id).toSorted()).toEqual(['mail-ada', 'mail-bob'])
    expect(await waiting()).toBe(0)
  })

  it('waits longer after each failure, at most an hour', async ({ expect }) => {
    const tries: number[] = []
    const service = isolateSendingBy({
      async send() {
        tries.push((Date.now() - start.getTime()) / minute)
        throw new Error('down')
      },
    })
    await enqueue(mailTo('ada'))

    await service.deliver()
    await passMinutes(service, 250)

    expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243])
  })

  it('drops a mail after three days and reports it', async ({ expect }) => {
    const mailbox = createMailbox()
    const service = isolateWith(mailbox)
    mailbox.fail(() => new Error('down'))
    await enqueue(mailTo('ada'))
    await service.deliver()

    vi.setSystemTime(start.getTime() + 3 * 24 * 60 * minute)
    await service.deliver()

    expect(await waiting()).toBe(0)
    expect(logged()).toContain('dropped mails that were not delivered in time')
  })

  it('drops a mail after its deadline', async ({ expect }) => {
    const mailbox = createMailbox()
    const service = isolateWith(mailbox)
    mailbox.fail(() => new Error('down'))
    await enqueue(mailTo('ada', { notAfter: new Date(start.getTime() + 3 * minute) }))
    await service.deliver()
    await passMinutes(service, 3)

    mailbox.recover()
    await passMinutes(service, 5)

    expect(mailbox.mails).toEqual([])
    expect(await waiting()).toBe(0)
  })

  it('drops a rejected mail at once, and logs no address', async ({ expect }) => {
    const mailbox = createMailbox()
    mailbox.fail(() => new MailRefusedError('550 no such user: <ada@example.com>'))
    await enqueue(mailTo('ada'))

    await isolateWith(mailbox).deliver()

    expect(await waiting()).toBe(0)
    expect(logged()).toContain('dropped a mail that was rejected')
    expect(logged()).not.toContain('ada@example.com')
  })

  it('delivers other mails despite a failing one', async ({ expect }) => {
    const mailbox = createMailbox()
    const service = isolateWith(mailbox)
    mailbox.fail(({ id }) => (id.startsWith('mail-poison') ? new Error('odd') : undefined))
    const poison = ['poison1', 'poison2', 'poison3', 'poison4', 'poison5']
    await enqueue(...poison.map((name) => mailTo(name)), mailTo('ada'))

    await service.deliver()

    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(await waiting()).toBe(5)
  })

  it('delivers other mails despite an invalid row', async ({ expect }) => {
    const mailbox = createMailbox()
    await runBatch(bindings.DB, [
      sql`INSERT INTO "_outbox" ("id", "mail", "due", "expires") VALUES ('broken', '{"to":1}', 0, 9e12)`,
    ])
    await enqueue(mailTo('ada'))

    await isolateWith(mailbox).deliver()

    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(await waiting()).toBe(1)
  })

  it('sends no mail twice if two isolates deliver at once', async ({ expect }) => {
    const mailbox = createMailbox()
    const names = Array.from({ length: 20 }, (_, index) => `reader${index}`)
    await enqueue(...names.map((name) => mailTo(name)))

    await Promise.all([isolateWith(mailbox).deliver(), isolateWith(mailbox).deliver()])

    expect(mailbox.mails.map(({ id }) => id).toSorted()).toEqual(
      names.map((name) => `mail-${name}`).toSorted(),
    )
  })

  it('does not touch a claimed mail, however long two isolates deliver', async ({ expect }) => {
    const mailbox = createMailbox()
    const { promise: mayFinish, resolve: finish } = Promise.withResolvers<void>()
    const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>()
    const slow = isolateSendingBy({
      async send() {
        begin()
        await mayFinish
      },
    })
    await enqueue(mailTo('ada'))
    const delivery = slow.deliver()
    await hasBegun

    vi.setSystemTime(start.getTime() + 30_000)
    await isolateWith(mailbox).deliver()
    finish()
    await delivery

    expect(mailbox.mails).toEqual([])
    expect(await waiting()).toBe(0)
  })
})

describe('an isolate that dies', () => {
  /** Sends or not, and then dies. */
  async function crash(sendsFirst: boolean): Promise<OutgoingMail[]> {
    const sent: OutgoingMail[] = []
    const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>()
    const service = isolateSendingBy({
      async send(mail) {
        if (sendsFirst) sent.push(mail)
        begin()
        await new Promise(() => undefined)
      },
    })
    void service.deliver()
    await hasBegun
    return sent
  }

  it('before sending delays the mail, and loses nothing', async ({ expect }) => {
    const mailbox = createMailbox()
    await enqueue(mailTo('ada'))

    await crash(false)
    await passMinutes(isolateWith(mailbox), 2)

    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(await waiting()).toBe(0)
  })

  it('between sending and marking causes one duplicate, of the same id', async ({ expect }) => {
    const mailbox = createMailbox()
    await enqueue(mailTo('ada'))

    const sent = await crash(true)
    await passMinutes(isolateWith(mailbox), 5)

    expect(sent.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(await waiting()).toBe(0)
  })
})

describe('the transport of a mail', () => {
  const smtp = { enabled: true, host: 'smtp.example.com', port: 2525 }

  async function enableSmtp(): Promise<void> {
    await runBatch(bindings.DB, [
      sql`INSERT INTO "_params" ("id", "value") VALUES ('settings', ${JSON.stringify({ smtp })})`,
      sql`UPDATE "_catalog_revision" SET "revision" = "revision" + 1`,
    ])
  }

  it('is SMTP when the settings enable it, also for an isolate that knew other settings', async ({
    expect,
  }) => {
    const mailbox = createMailbox()
    const service = isolateWith(mailbox)
    await service.deliver()
    await enableSmtp()
    await enqueue(mailTo('ada'))

    await service.deliver()

    expect(mailbox.servers.at(-1)).toMatchObject({ host: 'smtp.example.com', port: 2525 })
    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
  })

  it('is the inbox in local development', async ({ expect }) => {
    const mailbox = createMailbox()
    const local = { ...bindings, LOCAL_INBOX: '1' }
    const ports = { transports: mailbox.transports, catalogs: createCatalogCache() }
    await enqueue(mailTo('ada'))

    await createMailService(ports, local).deliver()

    expect(mailbox.mails).toEqual([])
    expect((await listInbox(bindings.DB)).map(({ mail }) => mail.id)).toEqual(['mail-ada'])
  })

  it('may be missing: mails wait, and the log says what to do', async ({ expect }) => {
    const mailbox = createMailbox()
    const none = { transports: { ...mailbox.transports, platform: undefined } }
    await enqueue(mailTo('ada'))

    await isolateWith(none).deliver()
    const waitingMeanwhile = await waiting()
    await isolateWith(mailbox).deliver()

    expect(waitingMeanwhile).toBe(1)
    expect(logged()).toContain('enable SMTP in the settings')
    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
  })
})

describe('the scheduled jobs', () => {
  it('deliver mail and remove expired data', async ({ expect }) => {
    const mailbox = createMailbox()
    await enqueue(mailTo('ada'))
    await runBatch(bindings.DB, [
      sql`INSERT INTO "_attempts" ("key", "hits", "expires") VALUES ('old', 1, 1), ('new', 1, 9e12)`,
    ])

    await createJobs(mailbox.transports).run(bindings, start)

    const [attempts] = await runBatch(bindings.DB, [sql`SELECT "key" FROM "_attempts"`])
    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(attempts).toEqual([{ key: 'new' }])
  })

  it('run despite a failing one, which is reported', async ({ expect }) => {
    const mailbox = createMailbox()
    await enqueue(mailTo('ada'))
    await runBatch(bindings.DB, [sql`DROP TABLE "_attempts"`])

    const run = createJobs(mailbox.transports).run(bindings, start)

    await expect(run).rejects.toThrow('Scheduled jobs failed: __areteCountersCleanup__.')
    expect(mailbox.mails.map(({ id }) => id)).toEqual(['mail-ada'])
    expect(logged()).toContain('no such table')
  })
})
