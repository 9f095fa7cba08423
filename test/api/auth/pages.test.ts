import { describe, it, vi } from 'vitest'
import { password, type SignedIn, signUp } from '../../support/accounts.ts'
import { forgeToken, tokenIn, tokenKeyOf } from '../../support/account-tokens.ts'
import { bindings } from '../../support/bindings.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const email = 'ann@example.com'
const next = 'another-long-password'

interface World {
  readonly app: TestApp
  readonly ann: SignedIn
}

async function createWorld(): Promise<World> {
  const app = createTestApp()
  return { app, ann: await signUp(app, email) }
}

interface PageCase {
  readonly name: string
  readonly form: Readonly<Record<string, string>>
  /** The path after a successful form. */
  readonly done: string
  request(world: World): Promise<Answer>
}

const pages: readonly PageCase[] = [
  {
    name: 'confirm-verification',
    form: {},
    done: '/_/auth/email-confirmed',
    request: ({ app }) => app.post('/api/collections/users/request-verification', { email }),
  },
  {
    name: 'confirm-password-reset',
    form: { password: next, passwordConfirm: next },
    done: '/_/auth/password-changed',
    request: ({ app }) => app.post('/api/collections/users/request-password-reset', { email }),
  },
  {
    name: 'confirm-email-change',
    form: { password },
    done: '/_/auth/email-changed',
    request: ({ app, ann }) =>
      app.post(
        '/api/collections/users/request-email-change',
        { newEmail: 'new@example.com' },
        { token: ann.token },
      ),
  },
]

/** The path of the page in a mail. */
async function mailedPath(world: World, { name, request }: PageCase): Promise<string> {
  await request(world)
  return `/_/auth/${name}/${tokenIn(world.app.mailbox.last())}`
}

function submit(app: TestApp, path: string, form: Readonly<Record<string, string>>) {
  const body = new URLSearchParams(form)
  return app.fetch(`http://127.0.0.1:8787${path}`, { method: 'POST', body, redirect: 'manual' })
}

async function databaseOf({ ann }: World): Promise<unknown> {
  const row = await bindings.DB.prepare('SELECT * FROM "users" WHERE "id" = ?').bind(ann.id).first()
  const outbox = await bindings.DB.prepare('SELECT count(*) AS "n" FROM "_outbox"').first('n')
  return [row, outbox]
}

describe.for(pages)('$name', (page) => {
  // Programs that scan mails open every link in them.
  it('changes nothing when it is opened', async ({ expect }) => {
    const world = await createWorld()
    const path = await mailedPath(world, page)
    const before = await databaseOf(world)

    const answers = [await world.app.get(path), await world.app.request('HEAD', path)]

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await databaseOf(world)).toEqual(before)
  })

  it('submits its form and redirects to a page without the token', async ({ expect }) => {
    const world = await createWorld()
    const path = await mailedPath(world, page)

    const response = await submit(world.app, path, page.form)

    expect([response.status, response.headers.get('Location')]).toEqual([303, page.done])
    expect((await world.app.get(page.done)).status).toBe(200)
  })

  it('is not cached, cannot be framed, and does not leak its URL', async ({ expect }) => {
    const world = await createWorld()

    const { headers } = await world.app.get(await mailedPath(world, page))

    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('X-Frame-Options')).toBe('DENY')
    const policy = headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe-inline')
    expect(policy).not.toContain('script-src')
  })

  it('makes at most two trips to the database', async ({ expect }) => {
    const world = await createWorld()
    const path = await mailedPath(world, page)

    const shown = await world.app.get(path)
    const submitted = await submit(world.app, path, page.form)

    expect(shown.headers.get('Server-Timing')).toContain('"1 batch"')
    expect(submitted.headers.get('Server-Timing')).toContain('"2 batches"')
  })

  it('shows that a link has expired', async ({ expect }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const world = await createWorld()
      const path = await mailedPath(world, page)

      vi.advanceTimersByTime(86_400_000)
      const [shown, submitted] = [
        await world.app.get(path),
        await submit(world.app, path, page.form),
      ]

      expect([shown.status, submitted.status]).toEqual([400, 400])
      expect(shown.body).toContain('This link does not work')
      expect(await submitted.text()).toContain('This link does not work')
    } finally {
      vi.useRealTimers()
    }
  })

  it('shows the same for the token of another page, and for nonsense', async ({ expect }) => {
    const world = await createWorld()
    const other = pages.find(({ name }) => name !== page.name) ?? page
    const token = (await mailedPath(world, other)).split('/').at(-1) ?? ''
    const before = await databaseOf(world)

    for (const text of [token, world.ann.token, 'nonsense', 'a.b.c', '%00']) {
      const path = `/_/auth/${page.name}/${text}`
      const answers = [
        (await world.app.get(path)).status,
        (await submit(world.app, path, page.form)).status,
      ]
      expect(answers, text).toEqual([400, 400])
    }

    expect(await databaseOf(world)).toEqual(before)
  })
})

describe('confirm-email-change', () => {
  it('shows addresses as text', async ({ expect }) => {
    const world = await createWorld()
    const key = await tokenKeyOf('users', world.ann.id, 'emailChangeToken')
    const token = await forgeToken(
      {
        collectionId: '_pb_users_auth_',
        email,
        exp: Math.floor(Date.now() / 1000) + 100,
        id: world.ann.id,
        newEmail: '"><script>alert(1)</script>@example.com',
        type: 'emailChange',
      },
      key,
    )

    const { body } = await world.app.get(`/_/auth/confirm-email-change/${token}`)

    expect(body).toContain('&lt;script&gt;')
    expect(body).not.toContain('<script')
  })

  it('asks again after a wrong password, and finally asks to wait', async ({ expect }) => {
    const world = await createWorld()
    await world.app.post(
      '/api/collections/users/request-email-change',
      { newEmail: 'new@example.com' },
      { token: world.ann.token },
    )
    const path = `/_/auth/confirm-email-change/${tokenIn(world.app.mailbox.last())}`

    const wrong = await submit(world.app, path, { password: 'wrong' })
    let last = wrong
    for (let tries = 0; tries < 15 && last.status !== 429; tries++) {
      last = await submit(world.app, path, { password: 'wrong' })
    }

    const html = await last.text()
    expect(wrong.status).toBe(400)
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(html).toContain('role="alert"')
    expect(html).toContain('Too many tries.')
  })
})

describe('a failure in a page', () => {
  it.for([
    { name: 'a defect', failure: 'D1_ERROR: secret detail: SQLITE_ERROR', status: 500 },
    { name: 'an outage', failure: 'D1_ERROR: secret detail', status: 503 },
  ])('is told on a page, without its cause: $name', async ({ failure, status }, { expect }) => {
    const batch = () => Promise.reject(new Error(failure))
    const broken = createTestApp({
      DB: new Proxy(bindings.DB, {
        get: (db, name) => (name === 'batch' ? batch : Reflect.get(db, name).bind(db)),
      }),
    })
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)

    const answer = await broken.get('/_/auth/email-confirmed')

    expect(answer.status).toBe(status)
    expect(answer.body).toContain('Something went wrong')
    expect(answer.body).not.toContain('secret detail')
    expect(log).toHaveBeenCalled()
    log.mockRestore()
  })
})
