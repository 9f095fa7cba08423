import { createTestApp } from 'arete/testing'
import { expect, it } from 'vitest'
import app from '../src/app.ts'

it('greets', async () => {
  const test = await createTestApp(app)

  const response = await test.request('/api/hello')

  expect(await response.json()).toEqual({ hello: 'world' })
})
