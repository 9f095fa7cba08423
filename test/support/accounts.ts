import { bindings } from './bindings.ts'
import { passwords, type TestApp } from './test-app.ts'

/** An account that has signed in. */
export interface SignedIn {
  readonly id: string
  readonly token: string
}

/** The password of every test account. */
export const password = 'correct-horse-battery'

/** Inserts a superuser into the database, like the command line. */
export async function insertSuperuser(email = 'admin@example.com'): Promise<void> {
  const hash = await passwords.hash(password)
  await bindings.DB.prepare(
    `INSERT INTO "_superusers" ("id", "email", "password", "tokenKey", "verified", "created", "updated")
     VALUES (?, ?, ?, ?, 1, '2026-01-02 03:04:05.678Z', '2026-01-02 03:04:05.678Z')`,
  )
    .bind('superuser000001', email, hash, 'k'.repeat(50))
    .run()
}

/** Signs in with the password of tests. */
export async function signIn(
  app: TestApp,
  collection: string,
  identity: string,
): Promise<SignedIn> {
  const { body } = await app.post(`/api/collections/${collection}/auth-with-password`, {
    identity,
    password,
  })
  const { token, record } = body as { token: string; record: { id: string } }
  return { id: record.id, token }
}

/** Creates a superuser and signs in. */
export async function signInSuperuser(app: TestApp): Promise<SignedIn> {
  await insertSuperuser()
  return await signIn(app, '_superusers', 'admin@example.com')
}

/** Creates an account in `users`, or another auth collection, and signs in. */
export async function signUp(
  app: TestApp,
  email: string,
  data: Readonly<Record<string, unknown>> = {},
  collection = 'users',
): Promise<SignedIn> {
  await app.post(`/api/collections/${collection}/records`, {
    email,
    password,
    passwordConfirm: password,
    ...data,
  })
  return await signIn(app, collection, email)
}
