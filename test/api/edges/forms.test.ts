import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

const users = '/api/collections/users/records'

/** A form as the SDK sends it if there is a file in it. */
function formData(entries: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(entries)) form.append(name, value)
  return form
}

// The types of form values are inferred, but a password stays a string.
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
  it('with an empty file input does not change the file', async ({ expect }) => {
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

describe('a body that is neither JSON nor a form', () => {
  const unsupported = 'Unsupported Content-Type.'
  const generic = 'Something went wrong while processing your request.'
  const loading = 'An error occurred while loading the submitted data.'

  it.for([
    ['POST', users, 'text/plain', unsupported],
    ['POST', users, 'application/xml', generic],
    ['POST', users, 'text/xml', generic],
    ['POST', '/api/collections/users/auth-with-password', 'text/plain', unsupported],
    ['PUT', '/api/collections/import', 'text/plain', unsupported],
    [
      'POST',
      '/api/collections',
      'text/plain',
      'Failed to load the collection type data due to invalid formatting.',
    ],
    ['PATCH', '/api/settings', 'text/plain', loading],
  ] as const)(
    'is refused in the words of its endpoint: %s %s, %s',
    async ([method, path, type, message], { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)

      const answer = await app.request(method, path, {
        token,
        body: 'x',
        headers: { 'Content-Type': type },
      })

      expect(answer.body).toEqual({ data: {}, message, status: 400 })
    },
  )
})
