import { describe, it } from 'vitest'
import { budget } from '#kernel/budget.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'

/** A JSON document of this size. */
function documentOf(bytes: number): string {
  const [head, tail] = ['{"x":"', '"}']
  return head + 'x'.repeat(bytes - head.length - tail.length) + tail
}

describe('a body', () => {
  it.for([
    ['POST', `${users}/auth-with-password`, budget.formBytes],
    ['POST', `${users}/request-password-reset`, budget.formBytes],
    ['POST', `${users}/confirm-verification`, budget.formBytes],
    ['POST', '/api/realtime', budget.largeFormBytes],
    ['POST', '/api/sql', budget.formBytes],
    ['PATCH', '/api/settings', budget.textBytes],
    ['PUT', '/api/collections/import', budget.textBytes],
    ['POST', `${users}/records`, budget.textBytes],
  ] as const)('of %s %s has at most %d bytes', async ([method, path, limitBytes], { expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const most = await app.request(method, path, { token, body: documentOf(limitBytes) })
    const more = await app.request(method, path, { token, body: documentOf(limitBytes + 1) })

    expect(most.status).not.toBe(413)
    expect(more.status).toBe(413)
  })

  it('of a sign-in is not read past a form’s maximum, whatever length it declares', async ({
    expect,
  }) => {
    const app = createTestApp()
    let taken = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        taken++
        controller.enqueue(new TextEncoder().encode('[],'.repeat(1000)))
      },
    })

    const { status } = await app.fetch(`http://127.0.0.1:8787${users}/auth-with-password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: endless,
    })

    expect(status).toBe(413)
    expect(taken).toBeLessThan(50)
  })
})

describe('a record', () => {
  const rows = `${users}/records`

  it.for([
    ['arrays in JSON', `{"x":[${'[],'.repeat(budget.jsonMembers)}0]}`, 'application/json'],
    ['keys in JSON', `{${'"x":0,'.repeat(budget.jsonMembers)}"y":0}`, 'application/json'],
    ['arrays in a text', `{"x":"[${'[],'.repeat(budget.jsonMembers)}0]"}`, 'application/json'],
    ['levels', `{"x":${'['.repeat(1e6)}`, 'application/json'],
    ['pairs of a form', 'x=0&'.repeat(budget.formPairs), 'application/x-www-form-urlencoded'],
    [
      'arrays in a form',
      `x=[${'[],'.repeat(budget.jsonMembers)}0]`,
      'application/x-www-form-urlencoded',
    ],
    [
      'parts of a form',
      `--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n`.repeat(1001) + '--b--',
      'multipart/form-data; boundary=b',
    ],
  ] as const)('with too many %s is refused', async ([, body, type], { expect }) => {
    const app = createTestApp()

    const { status, body: answer } = await app.post(rows, body, {
      headers: { 'Content-Type': type },
    })

    expect(status).toBe(400)
    expect(answer).toMatchObject({ data: {} })
  })

  it('may have as much as its fields can store', async ({ expect }) => {
    const app = createTestApp()
    const prose = 'All of it, and more. '.repeat(70_000)

    const { body } = await app.post(rows, { email: 'a@example.com', name: prose, x: [1, 2, 3] })

    expect(body).toMatchObject({ data: { password: { code: 'validation_required' } } })
  })
})
