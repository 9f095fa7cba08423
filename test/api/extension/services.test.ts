import { Hono } from 'hono'
import { describe, it, vi } from 'vitest'
import * as z from 'zod'
import type { Arete, AreteEnv, Cron, NewMail } from '#extension/index.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { createExtendedApp } from '../../support/extended-app.ts'
import { formOf, tinyPng } from '../../support/stored-files.ts'
import { tripsOf } from '../../support/round-trips.ts'

const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

/** An app with a route that answers what a function returns. */
function appOf(run: (arete: Arete) => Promise<unknown>, mailbox = createMailbox()) {
  const routes = new Hono<AreteEnv>().get('/api/run', async (c) =>
    c.json((await run(c.var.arete)) as object),
  )
  return createExtendedApp({ routes }, { isStrict: true }, { mail: mailbox.transports })
}

describe('arete.mail', () => {
  async function send(mail: NewMail, mailbox = createMailbox()) {
    const app = appOf(async (arete) => {
      await arete.mail.send(mail)
      return {}
    }, mailbox)
    const { status } = await app.get('/api/run')
    return { status, mails: mailbox.mails }
  }

  it('sends a mail of the deployment’s sender after the answer', async ({ expect }) => {
    const { status, mails } = await send({
      to: ['ann@example.com', { name: 'Ben\r\nBcc: eve@example.com', address: 'ben@example.com' }],
      subject: 'Your\r\nBcc: eve@example.com',
      html: '<p>Hello <b>Ann</b></p>',
    })

    expect(status).toBe(200)
    expect(mails).toMatchObject([
      {
        to: [
          { name: '', address: 'ann@example.com' },
          { name: 'Ben Bcc: eve@example.com', address: 'ben@example.com' },
        ],
        from: { name: 'Support', address: 'support@example.com' },
        subject: 'Your Bcc: eve@example.com',
        html: '<p>Hello <b>Ann</b></p>',
        text: 'Hello Ann\n',
      },
    ])
    expect(await rowsOf('_outbox')).toEqual([])
  })

  it('escapes a text for the version in HTML', async ({ expect }) => {
    const { mails } = await send({ to: 'ann@example.com', subject: 'Hello', text: '<b>\nAnn' })

    expect(mails).toMatchObject([{ html: '<p>&lt;b&gt;<br>Ann</p>', text: '<b>\nAnn' }])
  })

  it('is kept and repeated while it cannot be sent', async ({ expect }) => {
    quiet()
    const mailbox = createMailbox()
    mailbox.fail(() => new Error('down'))

    const { status } = await send({ to: 'a@example.com', subject: 'A', text: 'a' }, mailbox)

    expect(status).toBe(200)
    expect(await rowsOf('_outbox')).toHaveLength(1)
  })

  const refused: readonly { name: string; mail: NewMail }[] = [
    { name: 'no recipient', mail: { to: [], subject: 'A', text: 'a' } },
    {
      name: 'too many recipients',
      mail: { to: Array.from({ length: 51 }, () => 'a@example.com'), subject: 'A', text: 'a' },
    },
    { name: 'an address that is none', mail: { to: 'ann', subject: 'A', text: 'a' } },
    {
      name: 'an address with a header',
      mail: { to: 'a@example.com\r\nBcc: b@example.com', subject: 'A', text: 'a' },
    },
    { name: 'no content', mail: { to: 'a@example.com', subject: 'A' } },
    {
      name: 'too much content',
      mail: { to: 'a@example.com', subject: 'A', text: 'a'.repeat(1_000_001) },
    },
  ]

  it.for(refused)('refuses a mail with $name, and stores nothing', async ({ mail }, { expect }) => {
    quiet()

    const { status, mails } = await send(mail)

    expect(status).toBe(500)
    expect(mails).toEqual([])
    expect(await rowsOf('_outbox')).toEqual([])
  })
})

describe('arete.files', () => {
  it('reads a file of a record, also a protected one, and names its path', async ({ expect }) => {
    const app = appOf(async (arete) => {
      const [record] = (await arete.records('photos').list()).items
      if (record === undefined) return {}
      const name = String(record['image'])
      const file = await arete.files.get(record, name)
      const bytes = await new Response(file?.body).arrayBuffer()
      return {
        file: { ...file, body: bytes.byteLength },
        path: arete.files.path(record, name),
        missing: (await arete.files.get(record, 'missing.png')) === undefined,
        foreign: (await arete.files.get(record, `../${record.id}/${name}`)) === undefined,
      }
    })
    const admin = await signInSuperuser(app)
    await createCollections(app, admin.token, {
      name: 'photos',
      fields: [{ name: 'image', type: 'file', protected: true }],
    })
    const { body: photo } = await app.request('POST', '/api/collections/photos/records', {
      token: admin.token,
      body: formOf(['image', new File([tinyPng], 'a.png')]),
    })
    const { id, image } = photo as { id: string; image: string }

    const { body } = await app.get('/api/run')

    expect(body).toEqual({
      file: {
        name: image,
        contentType: 'image/png',
        sizeBytes: tinyPng.byteLength,
        body: tinyPng.byteLength,
      },
      path: `/api/files/photos/${id}/${image}`,
      missing: true,
      foreign: true,
    })
  })
})

describe('arete.settings', () => {
  it('reads the settings without their secrets, in one trip', async ({ expect }) => {
    const app = appOf((arete) => arete.settings.get())
    const admin = await signInSuperuser(app)
    const smtp = { enabled: false, host: 'smtp.example.com', password: 'correct-horse' }
    await app.patch('/api/settings', { smtp, meta: { appName: 'Notes' } }, admin)

    await app.get('/api/run')
    const answer = await app.get('/api/run')

    expect(answer.body).toMatchObject({ meta: { appName: 'Notes' }, smtp: { host: smtp.host } })
    expect(JSON.stringify(answer.body)).not.toContain('correct-horse')
    expect(tripsOf(answer)).toContain('1 batch')
  })
})

describe('the environment of an application', () => {
  const env = z.object({
    GREETING: z.string(),
    PORTS: z.string().transform((text) => text.split(',').map(Number)),
    API_KEY: z.string().regex(/^key_/, { error: ({ input }) => `${String(input)} is no key` }),
  })
  const routes = new Hono<AreteEnv>().get('/api/run', (c) => c.json(c.var.arete.env))

  it('is what the schema returns', async ({ expect }) => {
    const values = { GREETING: 'Hello', PORTS: '1,2', API_KEY: 'key_1', OTHER: 'is left out' }
    const app = createExtendedApp({ env, routes }, { environment: () => values })

    const { body } = await app.get('/api/run')

    expect(body).toEqual({ GREETING: 'Hello', PORTS: [1, 2], API_KEY: 'key_1' })
  })

  it('fails every request with 503, and only the log names what is wrong, without values', async ({
    expect,
  }) => {
    const log = quiet()
    const values = { PORTS: '1', API_KEY: 'correct-horse' }
    let runs = 0
    const crons: readonly Cron[] = [
      { id: 'count', expression: '* * * * *', run: () => void runs++ },
    ]
    const app = createExtendedApp({ env, routes, crons }, { environment: () => values })

    const answers = await Promise.all([app.get('/api/run'), app.get('/api/health')])

    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    const texts = JSON.stringify([log.mock.calls, answers.map(({ body }) => body)])
    expect(texts).toContain('GREETING is missing, API_KEY is invalid')
    expect(texts).not.toContain('correct-horse')
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('GREETING')
    expect(runs).toBe(0)
  })
})

async function rowsOf(table: string): Promise<unknown[]> {
  const { results } = await bindings.DB.prepare(`SELECT * FROM "${table}"`).all()
  return results
}
