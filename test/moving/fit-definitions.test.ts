import { afterEach, beforeEach, describe, it } from 'vitest'
import { fitDefinitions } from '#cli/check-compatibility.ts'
import { openTrialDatabase, type TrialDatabase } from '#cli/deployment/trial-database.ts'
import { completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { blankFor } from '#collections/draft-definition.ts'

let trial: TrialDatabase

beforeEach(async () => {
  trial = await openTrialDatabase()
})
afterEach(async () => {
  await trial.close()
})

function definition(body: Readonly<Record<string, unknown>>): CollectionDefinition {
  const decoded = decodeDefinition(blankFor(body, `id_${String(body['name'])}`), body)
  return completeNew(decoded.definition, { isTaken: () => false, now: new Date() })
}

function collection(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return definition({ name, type: 'base', fields: [{ type: 'text', name: 'title' }], ...more })
}

function view(name: string, viewQuery: string) {
  return definition({ name, type: 'view', viewQuery })
}

const names = (definitions: readonly CollectionDefinition[]) => definitions.map(({ name }) => name)

describe('the definitions that a deployment can hold', () => {
  it('are all of them in order if all are valid', async ({ expect }) => {
    const indexes = ['CREATE UNIQUE INDEX `i` ON `posts` (lower(`title`)) WHERE `title` != ""']
    const definitions = [
      view('titles', 'SELECT id, title FROM posts'),
      definition({ name: 'people', type: 'auth' }),
      collection('posts', { indexes, listRule: '@request.auth.id != ""' }),
    ]

    const fitted = await fitDefinitions(trial.db, definitions)

    expect(names(fitted.definitions)).toEqual(['titles', 'people', 'posts'])
    expect(fitted.definitions[2]?.indexes).toEqual(indexes)
    expect(fitted).toMatchObject({ refused: [], notes: [] })
  })

  it('exclude and report an index that the database rejects', async ({ expect }) => {
    const kept = 'CREATE INDEX `fine` ON `posts` (`title`)'
    const indexes = [
      'CREATE INDEX `odd` ON `posts` (no_such_function(`title`))',
      kept,
      'CREATE INDEX nonsense',
    ]

    const fitted = await fitDefinitions(trial.db, [collection('posts', { indexes })])

    expect(fitted.definitions[0]?.indexes).toEqual([kept])
    expect(fitted.notes).toEqual([
      expect.stringMatching(/^An index of posts was left out: it cannot be read\./),
      expect.stringMatching(/^An index of posts was left out: .*no_such_function/),
    ])
  })

  it('exclude a collection with more fields than the database has columns', async ({ expect }) => {
    const fields = Array.from({ length: 97 }, (_, at) => ({ type: 'bool', name: `f${at}` }))

    const fitted = await fitDefinitions(trial.db, [collection('wide', { fields })])

    expect(fitted.definitions).toEqual([])
    expect(fitted.refused).toEqual([
      { name: 'wide', reason: 'it has 98 fields; the maximum is 97' },
    ])
  })

  it('exclude a view that the database rejects, and the views that read it', async ({ expect }) => {
    const many = Array.from({ length: 6 }, () => 'SELECT id, title FROM posts').join(' UNION ALL ')
    const definitions = [
      collection('posts'),
      view('first', 'SELECT id FROM many'),
      view('many', many),
      view('fine', 'SELECT id FROM posts'),
    ]

    const fitted = await fitDefinitions(trial.db, definitions)

    expect(names(fitted.definitions)).toEqual(['posts', 'fine'])
    expect(fitted.refused.map(({ name }) => name)).toEqual(['many', 'first'])
  })

  it('exclude a collection with a name that the deployment reserves', async ({ expect }) => {
    const fitted = await fitDefinitions(trial.db, [collection('_outbox'), collection('posts')])

    expect(names(fitted.definitions)).toEqual(['posts'])
    expect(fitted.refused).toMatchObject([{ name: '_outbox' }])
  })

  it('keep and report an invalid rule, which denies access', async ({ expect }) => {
    const fitted = await fitDefinitions(trial.db, [
      collection('posts', { listRule: 'nowhere = 1' }),
    ])

    expect(fitted.definitions[0]?.listRule).toBe('nowhere = 1')
    expect(fitted.notes).toEqual([
      expect.stringMatching(
        /^posts\.listRule: .* Until it is corrected, only superusers have access\.$/,
      ),
    ])
  })
})
