import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { readDefinitions } from '#cli/pocketbase/read-definitions.ts'
import { systemTables } from '#cli/pocketbase/system-schema.ts'
import type { AuthOptions } from '#catalog/definition.ts'

interface StoredCollection {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly fields: string
  readonly options?: string
}

const moment = '2024-05-06 07:08:09.123Z'

function databaseWith(...collections: readonly StoredCollection[]): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const statement of systemTables) database.exec(statement)
  const insert = database.prepare(
    'INSERT INTO _collections (id, name, type, fields, options, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  for (const { id, name, type, fields, options = '{}' } of collections) {
    insert.run(id, name, type, fields, options, moment, moment)
    if (type !== 'view') database.exec(`CREATE TABLE "${name}" (id TEXT PRIMARY KEY)`)
  }
  return database
}

const idField = '{"id":"text3208210256","name":"id","type":"text","primaryKey":true}'

describe('the definitions of a PocketBase', () => {
  it('keep ids and times, and get options an older version did not have', ({ expect }) => {
    const database = databaseWith({
      id: 'posts_id',
      name: 'posts',
      type: 'base',
      fields: `[${idField},{"id":"f1","name":"title","type":"text","max":10}]`,
    })

    const { definitions, refused } = readDefinitions(database)

    expect(refused).toEqual([])
    expect(definitions).toMatchObject([
      { id: 'posts_id', name: 'posts', listRule: null, created: moment, updated: moment },
    ])
    expect(definitions[0]?.fields.map(({ id }) => id)).toEqual(['text3208210256', 'f1'])
    expect(definitions[0]?.fields[1]).toMatchObject({ max: 10, help: '', required: false })
  })

  // Ids become parts of paths on this machine, and of keys in the bucket.
  it.for(['../../config', '..', '@backups', 'a\0b', ''])(
    'never have the id %j',
    (id, { expect }) => {
      const fields = `[${idField}]`
      const database = databaseWith({ id, name: 'posts', type: 'base', fields })

      const { definitions, refused } = readDefinitions(database)

      expect(definitions.map((definition) => definition.id)).not.toContain(id)
      expect(refused.length + definitions.length).toBe(1)
    },
  )

  it('keep the secrets of tokens and providers', ({ expect }) => {
    const options = {
      authRule: 'verified = true',
      fileToken: { secret: 's'.repeat(50), duration: 99 },
      oauth2: { providers: [{ name: 'github', clientId: 'a', clientSecret: 'b' }], enabled: true },
    }
    const database = databaseWith({
      id: 'people_id',
      name: 'people',
      type: 'auth',
      fields: `[${idField}]`,
      options: JSON.stringify(options),
    })

    const [people] = readDefinitions(database).definitions

    const read = people?.options as AuthOptions
    expect(read.authRule).toBe('verified = true')
    expect(read.fileToken).toEqual(options.fileToken)
    expect(read.oauth2).toMatchObject(options.oauth2)
    expect(read.otp).toMatchObject({ enabled: false, length: 8 })
  })

  it.for([
    { name: 'a field of an unknown type', fields: '[{"name":"x","type":"hologram"}]' },
    { name: 'fields that are no JSON', fields: '[{' },
    { name: 'fields that are no list', fields: '7' },
  ])('are refused one by one: $name', ({ fields }, { expect }) => {
    const database = databaseWith(
      { id: 'a', name: 'odd', type: 'base', fields },
      { id: 'b', name: 'fine', type: 'base', fields: `[${idField}]` },
    )

    const { definitions, refused } = readDefinitions(database)

    expect(definitions.map(({ name }) => name)).toEqual(['fine'])
    expect(refused).toEqual([{ name: 'odd', reason: expect.any(String) }])
  })
})
