import { describe, it } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
import { runScheduledJob } from '../../support/scheduled-jobs.ts'
import { requestCode } from '../../support/one-time-codes.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

interface Steps {
  readonly app: TestApp
  readonly superuser: SignedIn
}

const durations = { otp: { enabled: true, duration: 60 }, mfa: { enabled: true, duration: 300 } }
const password = { password: '123456789', passwordConfirm: '123456789' }

/** A code and a challenge in each of two collections, the second with longer lifetimes. */
async function begin(): Promise<Steps> {
  const app = createTestApp()
  const superuser = await signInSuperuser(app)
  await signUp(app, 'ada@example.com')
  await changeCollection(app, superuser.token, 'users', durations)
  await createCollections(app, superuser.token, {
    name: 'members',
    type: 'auth',
    otp: { enabled: true, duration: 600 },
    mfa: { enabled: true, duration: 1200 },
  })
  await app.post('/api/collections/members/records', { email: 'ada@example.com', ...password })
  for (const collection of ['users', 'members']) {
    await app.post(
      `/api/collections/${collection}/auth-with-otp`,
      await requestCode(app, 'ada@example.com', collection),
    )
    await requestCode(app, 'ada@example.com', collection)
  }
  return { app, superuser }
}

async function collectionsWith(table: string): Promise<unknown[]> {
  const select = `SELECT "collectionRef" AS c FROM "${table}" ORDER BY c`
  const { results } = await bindings.DB.prepare(select).all<{ c: string }>()
  return results.map(({ c }) => c)
}

async function cleanUp(inSeconds: number): Promise<void> {
  const now = new Date(Date.now() + inSeconds * 1000)
  await runScheduledJob('__pbMFACleanup__', now)
  await runScheduledJob('__pbOTPCleanup__', now)
}

const both = ['_pb_users_auth_', 'members_id']

const moments = [
  { name: 'at once', seconds: 0, codes: both, challenges: both, requests: 2 },
  { name: 'after two minutes', seconds: 120, codes: ['members_id'], challenges: both, requests: 1 },
  {
    name: 'after nearly ten minutes',
    // The code is valid for 600 seconds, and a busy machine takes some of them.
    seconds: 540,
    codes: ['members_id'],
    challenges: ['members_id'],
    requests: 1,
  },
  { name: 'after half an hour', seconds: 1800, codes: [], challenges: [], requests: 0 },
]

describe('codes and challenges after the clean-up', () => {
  it.for(moments)('$name', async ({ seconds, codes, challenges, requests }, { expect }) => {
    await begin()

    await cleanUp(seconds)

    const left = await bindings.DB.prepare('SELECT count(*) AS n FROM "_otp_requests"').first('n')
    expect(await collectionsWith('_otps')).toEqual(codes)
    expect(await collectionsWith('_mfas')).toEqual(challenges)
    expect(left).toBe(requests)
  })
})
