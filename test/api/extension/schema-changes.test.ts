import { describe, it, vi } from 'vitest'
import type { SchemaChangeEvent } from '#extension/index.ts'
import { createHookedWorld, type HookedWorld } from '../../support/hooked-app.ts'

async function prepare(): Promise<HookedWorld & { readonly seen: SchemaChangeEvent[] }> {
  const seen: SchemaChangeEvent[] = []
  const world = await createHookedWorld({ '*': { onSchemaChange: (e) => void seen.push(e) } })
  return { ...world, seen }
}

const path = '/api/collections'
const fields = [{ type: 'text', name: 'a' }]

describe('a hook after a change of the schema', () => {
  it('runs for each collection that is made, changed and deleted', async ({ expect }) => {
    const { app, admin, seen } = await prepare()

    await app.post(path, { id: 'tags_id', name: 'tags', fields }, admin)
    await app.patch(`${path}/tags`, { name: 'labels' }, admin)
    await app.delete(`${path}/labels`, admin)

    expect(seen).toEqual([
      { action: 'create', collection: 'tags', id: 'tags_id', previousName: undefined },
      { action: 'update', collection: 'labels', id: 'tags_id', previousName: 'tags' },
      { action: 'delete', collection: 'labels', id: 'tags_id', previousName: 'labels' },
    ])
  })

  it('runs once for each collection of an import', async ({ expect }) => {
    const { app, admin, seen } = await prepare()
    const { body } = await app.get(`${path}/notes`, admin)
    const collections = [body, { id: 'tags_id', name: 'tags', type: 'base', fields }]

    await app.request('PUT', `${path}/import`, { ...admin, body: { collections } })

    expect(seen.map(({ action, collection }) => `${action} ${collection}`)).toEqual([
      'update notes',
      'create tags',
    ])
  })

  it('does not run for settings, and for changes that are refused', async ({ expect }) => {
    const { app, admin, ann, seen } = await prepare()

    await app.patch('/api/settings', { meta: { appName: 'x' } }, admin)
    await app.post(path, { name: 'notes', fields }, admin)
    await app.post(path, { name: 'tags', fields }, ann)

    expect(seen).toEqual([])
  })

  it('runs the hooks of the collection alone, and goes on after a failure', async ({ expect }) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const seen: string[] = []
    const { app, admin } = await createHookedWorld({
      notes: {
        onSchemaChange: [
          () => {
            throw new Error('broken')
          },
          async (e, arete) => {
            seen.push(`${e.collection} ${await arete.records('notes').count()}`)
          },
        ],
      },
    })

    await app.patch(`${path}/remarks`, { listRule: null }, admin)
    const { status } = await app.patch(`${path}/notes`, { listRule: null }, admin)

    expect(status).toBe(200)
    expect(seen).toEqual(['notes 0'])
    expect(JSON.stringify(logged.mock.calls)).toContain('notes.onSchemaChange')
  })
})
