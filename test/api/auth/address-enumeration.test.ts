import { describe, it } from 'vitest'
import { createApp } from '#app.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createExecution } from '#extension/testing/execution.ts'
import { createHeldLogs } from '#extension/testing/held-logs.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp, passwords, type TestApp } from '../../support/test-app.ts'

/*
 * Guards against finding out who has an account by requesting a mail: the response, the number of
 * trips and the time must not depend on it.
 */

const users = '/api/collections/users'

async function createWorld(): Promise<TestApp> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const rateLimits = { enabled: false }
  await app.patch('/api/settings', { rateLimits }, { token: admin.token })
  return app
}

describe.for(['request-verification', 'request-password-reset'])('%s', (action) => {
  it('responds to an unknown address as to a known one', async ({ expect }) => {
    const app = await createWorld()
    await signUp(app, 'known@example.com')
    await signUp(app, 'verified@example.com')
    await bindings.DB.prepare(
      `UPDATE "users" SET "verified" = 1 WHERE "email" = 'verified@example.com'`,
    ).run()
    const addresses = ['known', 'known', 'verified', 'unknown']

    const answers = []
    for (const name of addresses) {
      answers.push(await app.post(`${users}/${action}`, { email: `${name}@example.com` }))
    }

    const seen = answers.map(({ status, body, headers }) => ({
      status,
      body,
      headers: [...headers].filter(([name]) => name !== 'x-request-id'),
    }))
    expect(seen).toEqual(addresses.map(() => seen[0]))
    expect(answers[0]?.headers.get('Server-Timing')).toContain('"2 batches"')
  })

  it('takes as long for an unknown address, over 200 attempts', async ({ expect }) => {
    await createWorld()
    const tries = 100
    const known = Array.from({ length: tries }, (_, i) => `known${i}@example.com`)
    const unknown = Array.from({ length: tries }, (_, i) => `other${i}@example.com`)
    await insertAccounts(known)
    const app = createApp({ passwords, mail: createMailbox().transports, logs: createHeldLogs() })
    const measure = (email: string): Promise<number> => milliseconds(app, action, email)
    await measure('first@example.com')

    const times = { known: [] as number[], unknown: [] as number[] }
    for (let i = 0; i < tries; i++) {
      // The first one is slower on some machines, so they take turns.
      const pair = [
        { of: times.known, email: known[i] ?? '' },
        { of: times.unknown, email: unknown[i] ?? '' },
      ]
      for (const { of, email } of i % 2 === 0 ? pair : pair.toReversed()) {
        of.push(await measure(email))
      }
    }

    expect(shareSlower(times.known, times.unknown)).toBeGreaterThan(0.3)
    expect(shareSlower(times.known, times.unknown)).toBeLessThan(0.7)
  })
})

/** Accounts that do not sign in. */
async function insertAccounts(emails: readonly string[]): Promise<void> {
  const insert = bindings.DB.prepare(
    `INSERT INTO "users" ("id", "email", "password", "tokenKey") VALUES (?1, ?2, 'x', ?1)`,
  )
  await bindings.DB.batch(emails.map((email) => insert.bind(email.slice(0, 15), email)))
}

/** Measures the time until the response. Work after it is awaited, but not counted. */
async function milliseconds(
  app: ReturnType<typeof createApp>,
  action: string,
  email: string,
): Promise<number> {
  const { context, settled } = createExecution()
  const request = new Request(`http://127.0.0.1:8787${users}/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  const start = performance.now()
  await app.fetch(request, bindings, context)
  const time = performance.now() - start
  await settled()
  return time
}

/**
 * The share of attempts in which the first took longer. A tie counts as half, and so does noise on
 * average.
 */
function shareSlower(times: readonly number[], others: readonly number[]): number {
  const points = times.map((time, i) => (1 + Math.sign(time - (others[i] ?? 0))) / 2)
  return points.reduce((sum, point) => sum + point, 0) / times.length
}
