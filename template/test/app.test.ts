import { createTestApp } from 'arete/testing'
import { expect, it } from 'vitest'
import app from '../src/app.ts'

it('greets', async () => {
  const test = await createTestApp(app)

  const response = await test.request('/api/hello')

  expect(await response.json()).toEqual({ hello: 'world' })
})

it('keeps the name of administrators free', async () => {
  const test = await createTestApp(app)
  const password = 'a long password'
  const account = { email: 'ann@example.com', password, passwordConfirm: password }

  const response = await test.request('/api/collections/users/records', {
    method: 'POST',
    json: { ...account, name: 'admin' },
  })

  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    data: { name: { message: 'Choose another name.' } },
  })
})
