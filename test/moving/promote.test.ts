/* Promotes definitions between deployments that really run: on Node, and in the Workers runtime. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startArete } from './local-arete.ts'
import { startNodeArete } from './node-arete.ts'
import { initialisePocketBase, type RunningServer } from './pocketbase-process.ts'
import { runImport, runIn, runMove } from './run-command.ts'

/** A folder of a deployment on Node that has a superuser. */
async function newDeployment(folder: string): Promise<string> {
  const pocketBase = join(folder, 'pb_data')
  const data = join(folder, 'first')
  await mkdir(pocketBase)
  await initialisePocketBase(pocketBase)
  const imported = await runImport([pocketBase, '--data', data])
  if (imported.status !== 0) throw new Error(imported.output)
  return data
}

async function moved(from: string, to: string): Promise<void> {
  const { status, output } = await runMove(['--from', from, '--to', to])
  if (status !== 0) throw new Error(output)
}

function untilTheEnd<T extends RunningServer>(server: T): T {
  onTestFinished(() => server.stop())
  return server
}

interface Definition {
  readonly fields: readonly { readonly name: string }[]
  readonly listRule: string | null
}

describe('promote', () => {
  it('brings the definitions of a folder to another, and to the Workers runtime', async ({
    expect,
  }) => {
    const folder = await temporaryFolder()
    const first = await newDeployment(folder)
    const second = join(folder, 'second')
    await moved(first, second)
    await moved(first, `local:${join(folder, 'state')}`)
    const staging = untilTheEnd(await startNodeArete(first))
    const node = untilTheEnd(await startNodeArete(second))
    const worker = untilTheEnd(await startArete(join(folder, 'state')))
    const environments = Object.fromEntries(
      Object.entries({ staging, node, worker }).map(([name, { origin, client }]) => [
        name,
        { url: origin, token: client.authStore.token },
      ]),
    )
    const config = `export default ${JSON.stringify({ environments })}\n`
    await writeFile(join(folder, 'arete.config.ts'), config)
    const promote = async (to: string, ...args: readonly string[]) =>
      await runIn(folder, 'promote', ['--from', 'staging', '--to', to, ...args])
    const definition = async ({ client }: RunningServer) =>
      (await client.collections.getOne('posts')) as unknown as Definition
    const text = (name: string) => ({ type: 'text', name })

    await staging.client.collections.create({
      name: 'posts',
      type: 'base',
      fields: [text('title'), text('subtitle')],
    })
    const created = [await promote('node'), await promote('worker')]
    for (const { client } of [node, worker]) {
      await client.collection('posts').create({ title: 'kept', subtitle: 'lost' })
    }
    const { fields } = await definition(staging)
    await staging.client.collections.update('posts', {
      listRule: '',
      fields: fields.filter(({ name }) => name !== 'subtitle'),
    })
    const refused = [await promote('node'), await promote('worker')]
    const unchanged = await definition(worker)
    const allow = ['--allow', 'drop:posts.subtitle']
    const allowed = [await promote('node', ...allow), await promote('worker', ...allow)]
    const again = [await promote('node'), await promote('worker')]
    await worker.client.collections.update('posts', { viewRule: '' })
    const drifted = await promote('worker')

    const statuses = [created, refused, allowed, again].map((all) => all.map((each) => each.status))
    expect(statuses).toEqual([
      [0, 0],
      [3, 3],
      [0, 0],
      [0, 0],
    ])
    expect(refused[0]?.output).toContain('--allow drop:posts.subtitle')
    expect(unchanged.fields.map(({ name }) => name)).toContain('subtitle')
    expect(again[1]?.output).toBe('The definitions are the same.\n')
    expect(drifted).toMatchObject({ status: 4 })
    for (const server of [node, worker]) {
      const { fields: now, listRule } = await definition(server)
      expect(now).toEqual((await definition(staging)).fields)
      expect(listRule).toBe('')
      const [record] = await server.client.collection('posts').getFullList()
      expect(record).toMatchObject({ title: 'kept' })
    }
    // D1 has bookmarks to return to, a folder has none.
    const bookmarks = await Promise.all(
      [node, worker].map(async ({ client }) => {
        const { items } = await client.send<{
          items: readonly { source: string; bookmark: string | null }[]
        }>('/api/schema/history', {})
        return items.find(({ source }) => source === 'push')?.bookmark
      }),
    )
    expect(bookmarks).toEqual([null, expect.stringMatching(/^[0-9a-f]{8}-/)])
  })
})
