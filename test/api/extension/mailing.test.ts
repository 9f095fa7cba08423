import { describe, it, vi } from 'vitest'
import { type AppMail, type Mail, MailRefusedError } from '#extension/index.ts'
import { bindings } from '../../support/bindings.ts'
import { createHookedWorld, type HookedWorld } from '../../support/hooked-app.ts'
import { runJobs } from '../../support/extended-app.ts'

const email = 'ann@example.com'

const resetPassword = ({ app }: HookedWorld) =>
  app.post('/api/collections/users/request-password-reset', { email })

const waiting = async (): Promise<number | null> =>
  await bindings.DB.prepare('SELECT count(*) AS n FROM "_outbox"').first('n')

describe('a hook before mails', () => {
  it('changes a mail, which keeps its identity', async ({ expect }) => {
    const seen: Mail[] = []
    const mail: AppMail = {
      before(given) {
        seen.push(given)
        return { ...given, id: 'other', subject: `[Arete] ${given.subject}` }
      },
    }
    const world = await createHookedWorld({}, { mail })

    await resetPassword(world)

    const [given] = seen
    expect(given).toMatchObject({ kind: 'passwordReset', to: [{ address: email }] })
    const { id, subject } = world.app.mailbox.last()
    expect([id, subject]).toEqual([given?.id, `[Arete] ${given?.subject}`])
  })

  it.for<{ name: string; path: string; body: object; kind: string }>([
    { name: 'verification', path: 'request-verification', body: { email }, kind: 'verification' },
    { name: 'codes', path: 'request-otp', body: { email }, kind: 'otp' },
    {
      name: 'a new address',
      path: 'request-email-change',
      body: { newEmail: 'new@example.com' },
      kind: 'emailChange',
    },
  ])('knows the reason of mails for $name', async ({ path, body, kind }, { expect }) => {
    const kinds: unknown[] = []
    const mail: AppMail = { before: (given) => (kinds.push(given.kind), given) }
    const { app, admin, ann } = await createHookedWorld({}, { mail })
    await app.patch('/api/collections/users', { otp: { enabled: true } }, admin)

    await app.post(`/api/collections/users/${path}`, body, ann)

    expect(kinds).toEqual([kind])
  })

  it('stops a mail for good', async ({ expect }) => {
    const world = await createHookedWorld({}, { mail: { before: () => undefined } })

    const answer = await resetPassword(world)

    expect(answer.status).toBe(204)
    expect(world.app.mailbox.mails).toEqual([])
    expect(await waiting()).toBe(0)
  })

  it('leaves a mail in the outbox while it fails', async ({ expect }) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const sent: string[] = []
    const broken: AppMail = {
      before: () => {
        throw new Error('broken')
      },
    }
    const world = await createHookedWorld({}, { mail: broken })
    await resetPassword(world)
    expect(world.app.mailbox.mails).toEqual([])
    expect(await waiting()).toBe(1)

    const mended: AppMail = { before: async (mail) => (sent.push(mail.subject), mail) }
    await bindings.DB.prepare('UPDATE "_outbox" SET "due" = 0').run()
    await runJobs({ mail: mended }, new Date())

    expect(sent).toHaveLength(1)
    expect(await waiting()).toBe(0)
  })

  it('runs for a mail of an earlier version, which has no reason', async ({ expect }) => {
    const seen: Mail[] = []
    const mail = { id: 'm', to: [], from: { name: '', address: 'a@b.c' }, subject: 's', html: '' }
    await bindings.DB.prepare(
      `INSERT INTO "_outbox" ("id", "mail", "due", "expires") VALUES ('m', ?, 0, 99999999999)`,
    )
      .bind(JSON.stringify({ ...mail, text: '' }))
      .run()

    await runJobs({ mail: { before: (given) => (seen.push(given), undefined) } }, new Date())

    expect(seen.map(({ subject, kind }) => [subject, kind])).toEqual([['s', undefined]])
  })
})

describe('a transport of the application', () => {
  it('sends instead of the host, behind the hook', async ({ expect }) => {
    const sent: Mail[] = []
    const mail: AppMail = {
      before: (given) => ({ ...given, subject: 'changed' }),
      transport: { send: async (given) => void sent.push(given) },
    }
    const world = await createHookedWorld({}, { mail })
    await world.app.patch(
      '/api/settings',
      { smtp: { enabled: true, host: 'a', port: 1 } },
      world.admin,
    )

    await resetPassword(world)

    expect(sent).toMatchObject([{ subject: 'changed', to: [{ address: email }] }])
    expect(world.app.mailbox.mails).toEqual([])
    expect(await waiting()).toBe(0)
  })

  it.for<{ name: string; error: Error; left: number }>([
    { name: 'refused', error: new MailRefusedError('unknown address'), left: 0 },
    { name: 'not taken', error: new Error('busy'), left: 1 },
  ])('leaves $left mails in the outbox that were $name', async ({ error, left }, { expect }) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const transport = { send: async () => await Promise.reject(error) }
    const world = await createHookedWorld({}, { mail: { transport } })

    await resetPassword(world)

    expect(await waiting()).toBe(left)
  })
})
