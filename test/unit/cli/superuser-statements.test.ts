import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import {
  deleteSuperuser,
  listSuperusers,
  resetFactors,
  upsertSuperuser,
} from '#cli/superuser-statements.ts'

const superusers = 'pbc_3142635823'
const linkedTables = [
  '_mfas',
  '_otps',
  '_authOrigins',
  '_externalAuths',
  '_totps',
  '_recovery_codes',
  '_account_states',
  '_session_slots',
]

const row = {
  id: 'superuser000001',
  email: "o'hara@example.com",
  password: '$argon2id$first',
  tokenKey: 'first key',
  now: '2026-01-01 00:00:00.000Z',
}

function createDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(
    'CREATE TABLE _params (id, value);' +
      'CREATE TABLE _superusers (id, email, password, tokenKey, emailVisibility, verified, created, updated)',
  )
  for (const table of linkedTables) {
    database.exec(`CREATE TABLE ${table} (collectionRef, recordRef)`)
    database.exec(
      `INSERT INTO ${table} VALUES ('${superusers}', '${row.id}'), ('users', '${row.id}')`,
    )
  }
  return database
}

function run(database: DatabaseSync, statements: readonly string[]): void {
  for (const statement of statements) database.exec(statement)
}

describe('the statements of the superuser command', () => {
  it('make a verified superuser', ({ expect }) => {
    const database = createDatabase()

    run(database, upsertSuperuser(row))

    expect(database.prepare('SELECT * FROM _superusers').all()).toEqual([
      {
        id: row.id,
        email: row.email,
        password: row.password,
        tokenKey: row.tokenKey,
        emailVisibility: 0,
        verified: 1,
        created: row.now,
        updated: row.now,
      },
    ])
  })

  // A token is only valid with the key it was created with.
  it('give an existing one a new token key with the new password, and the same id', ({
    expect,
  }) => {
    const database = createDatabase()
    run(database, upsertSuperuser(row))

    run(
      database,
      upsertSuperuser({
        ...row,
        id: 'another',
        password: '$argon2id$second',
        tokenKey: 'second key',
      }),
    )

    expect(database.prepare('SELECT id, password, tokenKey FROM _superusers').all()).toEqual([
      { id: row.id, password: '$argon2id$second', tokenKey: 'second key' },
    ])
  })

  it('delete the named one and all its data, and nothing else', ({ expect }) => {
    const database = createDatabase()
    run(database, upsertSuperuser(row))
    run(database, upsertSuperuser({ ...row, id: 'superuser000002', email: 'b@example.com' }))

    run(database, deleteSuperuser(row.email))

    expect(database.prepare(listSuperusers).all()).toMatchObject([{ email: 'b@example.com' }])
    for (const table of linkedTables) {
      expect(database.prepare(`SELECT collectionRef FROM ${table}`).all()).toEqual([
        { collectionRef: 'users' },
      ])
    }
  })

  it('remove the second factors of the named one, and end its sessions', ({ expect }) => {
    const database = createDatabase()
    run(database, upsertSuperuser(row))

    run(database, resetFactors(row.email, 'third key'))

    for (const table of ['_totps', '_recovery_codes', '_mfas', '_otps']) {
      expect(database.prepare(`SELECT collectionRef FROM ${table}`).all()).toEqual([
        { collectionRef: 'users' },
      ])
    }
    expect(database.prepare('SELECT tokenKey, password FROM _superusers').all()).toEqual([
      { tokenKey: 'third key', password: row.password },
    ])
    expect(database.prepare('SELECT collectionRef FROM _authOrigins').all()).toHaveLength(2)
  })

  const hostile = [
    "'; DROP TABLE _superusers; --@x.yz",
    "a''@x.yz",
    "\\'@x.yz",
    '"a"@x.yz',
    '?@x.yz',
  ]

  for (const email of hostile) {
    it(`treat the address ${email} as a plain string`, ({ expect }) => {
      const database = createDatabase()
      run(database, upsertSuperuser(row))

      run(database, upsertSuperuser({ ...row, id: 'hostile', email }))
      run(database, deleteSuperuser(row.email))

      expect(database.prepare(listSuperusers).all()).toEqual([{ email, created: row.now }])
    })
  }

  it('reject a string with a NUL', ({ expect }) => {
    expect(() => deleteSuperuser('a\0b@example.com')).toThrow(TypeError)
  })
})
