import { afterEach, describe, it, vi } from 'vitest'
import { type BeforeSubscribeEvent, refuse } from '#extension/index.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createHookedWorld } from '../../support/hooked-app.ts'

const streams: StreamClient[] = []

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

describe('a hook before a subscription', () => {
  it('drops topics of its collection', async ({ expect }) => {
    const { app, ann, note } = await createHookedWorld({
      notes: {
        beforeSubscribe(e) {
          for (const topic of e.topics) {
            if (topic.startsWith('notes/*') && e.caller === undefined) e.drop(topic)
          }
        },
      },
    })
    const [guest, member] = [await openStream(app), await openStream(app)]
    streams.push(guest, member)
    const id = await note({ title: 'before' })
    await guest.subscribe(['notes/*', `notes/${id}`, 'notes/*?options={}'])
    await member.subscribe(['notes/*'], ann.token)

    await note({ title: 'One' })
    await app.patch(`/api/collections/notes/records/${id}`, { title: 'Two' }, ann)

    const titles = async (stream: StreamClient, count: number) =>
      (await stream.received(count)).map(
        ({ event, data }) => `${event} ${(data as { record: { title: string } }).record.title}`,
      )
    expect(await titles(member, 2)).toEqual(['notes/* One', 'notes/* Two'])
    expect(await titles(guest, 1)).toEqual([`notes/${id} Two`])
  })

  it('sees the topics of each collection, then other topics, with the caller', async ({
    expect,
  }) => {
    const seen: unknown[] = []
    const note = ({ collection, topics, caller }: BeforeSubscribeEvent): void =>
      void seen.push([collection, topics, caller?.id])
    const { app, ann } = await createHookedWorld({ '*': { beforeSubscribe: note } })
    const stream = await openStream(app)
    streams.push(stream)

    await stream.subscribe(['notes/*', '@oauth2', 'remarks/*', 'notes/a'], ann.token)

    expect(seen).toEqual([
      ['notes', ['notes/*', 'notes/a'], ann.id],
      [undefined, ['@oauth2'], ann.id],
      ['remarks', ['remarks/*'], ann.id],
    ])
  })

  it('refuses, and leaves the former subscriptions', async ({ expect }) => {
    const { app, note } = await createHookedWorld({
      remarks: {
        beforeSubscribe() {
          throw refuse('Not to remarks.', { status: 403 })
        },
      },
    })
    const stream = await openStream(app)
    streams.push(stream)
    await stream.subscribe(['notes/*'])

    const answer = await stream.subscribe(['notes/*', 'remarks/*'])
    await note({ title: 'One' })

    expect(answer).toMatchObject({ status: 403, body: { message: 'Not to remarks.' } })
    expect(await stream.received(1)).toHaveLength(1)
  })

  it('does not run for invalid requests, and fails closed', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const beforeSubscribe = vi.fn<() => void>(() => {
      throw new Error('broken')
    })
    const { app } = await createHookedWorld({ notes: { beforeSubscribe } })
    const stream = await openStream(app)
    streams.push(stream)

    expect((await app.post('/api/realtime', { subscriptions: ['notes/*'] })).status).toBe(400)
    expect(beforeSubscribe).not.toHaveBeenCalled()
    expect((await stream.subscribe(['notes/*'])).status).toBe(400)
    expect(beforeSubscribe).toHaveBeenCalledOnce()
  })
})
