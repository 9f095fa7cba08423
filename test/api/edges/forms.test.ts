import { describe, it } from 'vitest'
import { createTestApp } from '../../support/test-app.ts'

const users = '/api/collections/users/records'

/** A form as the SDK sends it as soon as there is a file in it. */
function formData(entries: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(entries)) form.append(name, value)
  return form
}

// Values of forms get the type they look like; a password is a text all the same.
describe('a password of digits', () => {
  const account = { email: 'ada@example.com', password: '12345678', passwordConfirm: '12345678' }

  it('can be sent in a form, and signed in with', async ({ expect }) => {
    const app = createTestApp()

    const created = await app.post(users, formData(account))
    const signedIn = await app.post(
      '/api/collections/users/auth-with-password',
      formData({ identity: account.email, password: account.password }),
    )

    expect(created.status).toBe(200)
    expect(signedIn.status).toBe(200)
  })

  it('can be changed in a form', async ({ expect }) => {
    const app = createTestApp()
    const { id } = (await app.post(users, account)).body as { id: string }
    const signIn = { identity: account.email, password: account.password }
    const { body } = await app.post('/api/collections/users/auth-with-password', signIn)
    const { token } = body as { token: string }

    const { status } = await app.patch(
      `${users}/${id}`,
      formData({ oldPassword: '12345678', password: '87654321', passwordConfirm: '87654321' }),
      { token },
    )

    expect(status).toBe(200)
  })
})

describe('a form', () => {
  it('with an empty file input says nothing about the file', async ({ expect }) => {
    const app = createTestApp()
    const empty = ['--x', 'Content-Disposition: form-data; name="avatar"; filename=""', '', '']
    const email = ['--x', 'Content-Disposition: form-data; name="email"', '', 'ada@example.com']

    const { body } = await app.post(users, [...empty, ...email, '--x--', ''].join('\r\n'), {
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    })

    expect(body).toMatchObject({ data: { password: { code: 'validation_required' } } })
    expect(body).not.toHaveProperty('data.avatar')
  })
})
