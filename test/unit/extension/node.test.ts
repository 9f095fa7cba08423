import { Hono } from 'hono'
import { describe, it } from 'vitest'
import * as z from 'zod'
import { type AreteEnv, defineApp } from '#extension/index.ts'
import { createServer } from '#extension/node.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('an application on Node', () => {
  it('is served from its data folder', async ({ expect }) => {
    const routes = new Hono<AreteEnv>().get('/api/hello', (c) => c.json({ hello: 'node' }))
    const data = await temporaryFolder()

    const server = await createServer(defineApp({ routes }), { data, port: 0 })
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/hello`)
    const body = await answer.json()
    await server.stop()

    expect(body).toEqual({ hello: 'node' })
  })

  it('does not start without its environment, and names what is missing', async ({ expect }) => {
    const env = z.object({ ARETE_TEST_KEY: z.string() })
    const data = await temporaryFolder()

    const starting = createServer(defineApp({ env }), { data, port: 0 })

    await expect(starting).rejects.toThrow(
      'The environment of the application is wrong: ARETE_TEST_KEY is missing.',
    )
  })
})
