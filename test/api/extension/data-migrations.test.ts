import { describe, it, vi } from 'vitest'
import type { DataMigration } from '#extension/index.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { createExtendedApp, runJobs } from '../../support/extended-app.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const page = 2

/** Copies `a` to `b`, two records a step. */
function copying(id: string, fail: (cursor: string | undefined) => void = () => {}): DataMigration {
  return {
    id,
    async run(arete, { cursor, tx }) {
      const { items } = await arete.records('posts').list({
        filter: 'id > {:cursor}',
        params: { cursor: cursor ?? '' },
        sort: 'id',
        perPage: page,
        skipTotal: true,
      })
      for (const { id: post, a } of items) tx.update('posts', post, { b: `${String(a)}!` })
      fail(cursor)
      return items.length < page ? undefined : items.at(-1)?.id
    },
  }
}

interface World {
  readonly app: TestApp
  readonly token: string
  /** Runs the jobs of another minute. Failures are the migrations' own. */
  minute(...migrations: readonly DataMigration[]): Promise<void>
  /** The values of `b`, by id. */
  values(): Promise<unknown[]>
  /** The states of the migrations, the newest first. */
  states(): Promise<unknown[]>
}

let minutes = 0

async function start(): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const fields = [
    { type: 'text', name: 'a' },
    { type: 'text', name: 'b', max: 20 },
  ]
  await createCollections(app, token, { name: 'posts', fields })
  await createRecords(app, token, 'posts', ...[1, 2, 3, 4, 5].map((n) => ({ a: `${n}` })))
  return {
    app,
    token,
    async minute(...dataMigrations) {
      minutes++
      const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
      await runJobs({ dataMigrations }, new Date(Date.UTC(2030, 0, 1, 0, minutes))).catch(
        (error: unknown) => {
          if (!String(error).includes('__areteDataMigrations__')) throw error
        },
      )
      logged.mockRestore()
    },
    async values() {
      const { results } = await bindings.DB.prepare('SELECT "b" FROM "posts" ORDER BY "a"').all()
      return results.map(({ b }) => b)
    },
    async states() {
      const { body } = await app.get('/api/schema/history', { token })
      return (body as { items: { source: string; changes: unknown[] }[] }).items
        .filter(({ source }) => source === 'data')
        .flatMap(({ changes }) => changes)
    },
  }
}

const all = ['1!', '2!', '3!', '4!', '5!']

describe('a data migration', () => {
  it('runs in steps, once, in order, and is in the history', async ({ expect }) => {
    const { minute, values, states } = await start()
    const order: string[] = []
    const noted = (id: string) =>
      copying(id, (cursor) => order.push(`${id} ${cursor === undefined}`))

    await minute(noted('one'), noted('two'))
    await minute(noted('one'), noted('two'))

    expect(await values()).toEqual(all)
    expect(order).toEqual(
      ['one', 'two'].flatMap((id) => [`${id} true`, `${id} false`, `${id} false`]),
    )
    expect(await states()).toEqual(
      ['two', 'one'].map((id) => ({
        kind: 'data.migrate',
        collection: '',
        id,
        state: 'done',
        failures: 0,
      })),
    )
  })

  it('goes on at its cursor after a failure', async ({ expect }) => {
    const { minute, values, states } = await start()
    const begun: (string | undefined)[] = []
    let isBroken = true
    const migration = copying('one', (cursor) => {
      begun.push(cursor)
      if (cursor !== undefined && isBroken) throw new Error('broken')
    })

    await minute(migration)
    const between = await values()
    const [state] = await states()
    isBroken = false
    await minute(migration)

    // The failed step wrote nothing.
    expect(between.filter((value) => value !== '')).toHaveLength(page)
    expect(state).toMatchObject({
      state: 'running',
      failures: 1,
      error: 'broken',
      cursor: begun[1],
    })
    expect(begun.map((cursor) => cursor === undefined)).toEqual([true, false, false, false])
    expect(begun[1]).toBe(begun[2])
    expect(await values()).toEqual(all)
  })

  it('writes all of a step or nothing', async ({ expect }) => {
    const { minute, values, states } = await start()

    await minute({
      id: 'long',
      async run(arete, { tx }) {
        const { items } = await arete.records('posts').list({ sort: 'a' })
        items.forEach(({ id }, n) => tx.update('posts', id, { b: n === 4 ? 'x'.repeat(21) : 'y' }))
      },
    })

    expect(await values()).toEqual(['', '', '', '', ''])
    expect(await states()).toMatchObject([{ state: 'running', failures: 1 }])
  })

  it('is given up after five failures, stops those after it, and begins again after a change', async ({
    expect,
  }) => {
    const { app, token, minute, values, states } = await start()
    let runs = 0
    let isBroken = true
    const broken = copying('one', () => {
      runs++
      if (isBroken) throw new Error('broken')
    })

    for (let n = 0; n < 7; n++) await minute(broken, copying('two'))
    const given = { runs, values: await values(), states: await states() }
    isBroken = false
    await minute(broken, copying('two'))
    const stopped = await states()
    await app.patch('/api/collections/posts', { listRule: '' }, { token })
    await minute(broken, copying('two'))

    expect(given.runs).toBe(5)
    expect(given.values).toEqual(['', '', '', '', ''])
    expect(given.states).toMatchObject([{ id: 'one', state: 'failed', failures: 5 }])
    expect(stopped).toEqual(given.states)
    expect(await values()).toEqual(all)
    expect(await states()).toMatchObject([
      { id: 'two', state: 'done' },
      { id: 'one', state: 'done' },
    ])
  })

  it('writes each step once if two isolates run it', async ({ expect }) => {
    const { minute, states } = await start()
    let isAlone = true
    const adding: DataMigration = {
      id: 'add',
      async run(_, { cursor, tx }) {
        const n = Number(cursor ?? '0')
        tx.create('posts', { a: `new ${n}` })
        // As if the isolates read at the same moment.
        if (n === 1 && isAlone) {
          isAlone = false
          await minute(adding)
        }
        return n < 2 ? String(n + 1) : undefined
      },
    }

    await minute(adding)
    await minute(adding)

    const { results } = await bindings.DB.prepare(
      `SELECT "a" FROM "posts" WHERE "a" LIKE 'new%' ORDER BY "a"`,
    ).all()
    expect(results.map(({ a }) => a)).toEqual(['new 0', 'new 1', 'new 2'])
    expect(await states()).toMatchObject([{ state: 'done' }])
  })

  it('does not run again when its entry is older than 500 others', async ({ expect }) => {
    const { app, token, minute, states } = await start()
    await minute(copying('one'))
    await bindings.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 510)
       INSERT INTO "_schema_history" ("at", "source", "revision", "changes") SELECT '', 'push', 1, '[]' FROM n`,
    ).run()
    await app.patch('/api/collections/posts', { listRule: '' }, { token })
    const fails = copying('one', () => {
      throw new Error('It runs again.')
    })

    await minute(fails)

    const { results } = await bindings.DB.prepare(
      `SELECT json_extract("changes", '$[0].state') AS "state" FROM "_schema_history" WHERE "source" = 'data'`,
    ).all()
    expect(results).toEqual([{ state: 'done' }])
    expect(await states()).toEqual([])
  })

  it.for([
    { name: 'no id', ids: [''] },
    { name: 'an id with a space', ids: ['a b'] },
    { name: 'an id twice', ids: ['a', 'a'] },
  ])('is refused when the app is made, with $name', ({ ids }, { expect }) => {
    const dataMigrations = ids.map((id) => copying(id))

    expect(() => createExtendedApp({ dataMigrations })).toThrow()
  })
})
