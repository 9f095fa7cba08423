import { describe, it } from 'vitest'
import { blankDefinition, completeChanged, completeNew } from '#collections/complete-definition.ts'
import type { AuthOptions, CollectionDefinition } from '#catalog/definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'

const now = new Date('2024-05-06T07:08:09.010Z')
const stamp = '2024-05-06 07:08:09.010Z'

function isTaken(...ids: string[]): { isTaken(id: string): boolean; now: Date } {
  return { isTaken: (id) => ids.includes(id), now }
}

function options(definition: CollectionDefinition): AuthOptions {
  if (definition.type !== 'auth') throw new TypeError('Not an auth collection.')
  return definition.options
}

describe('a new definition', () => {
  it('has an id derived from its type and name, and both dates', ({ expect }) => {
    const definition = completeNew(blankDefinition('base', '_mfas'), isTaken())

    expect(definition).toMatchObject({ id: 'pbc_2279338944', created: stamp, updated: stamp })
  })

  it('gets the next free id, also in the names of its indexes', ({ expect }) => {
    const blank = blankDefinition('auth', 'people')

    const definition = completeNew(blank, isTaken(blank.id, `${blank.id}2`))

    expect(definition.id).toBe(`${blank.id}3`)
    expect(definition.indexes).toEqual([
      `CREATE UNIQUE INDEX \`idx_tokenKey_${blank.id}3\` ON \`people\` (\`tokenKey\`)`,
      `CREATE UNIQUE INDEX \`idx_email_${blank.id}3\` ON \`people\` (\`email\`) WHERE \`email\` != ''`,
    ])
  })

  it('keeps an id of its own, taken or not', ({ expect }) => {
    const definition = completeNew(blankDefinition('base', 'posts', 'mine'), isTaken('mine'))

    expect(definition.id).toBe('mine')
  })

  it('gets back its required indexes, on its own table', ({ expect }) => {
    const blank = {
      ...blankDefinition('auth', 'people', 'mine'),
      indexes: ['CREATE UNIQUE INDEX x ON y (EMAIL)'],
    }

    const { indexes } = completeNew(blank, isTaken())

    expect(indexes).toEqual([
      'CREATE UNIQUE INDEX `x` ON `people` (`EMAIL`)',
      'CREATE UNIQUE INDEX `idx_tokenKey_mine` ON `people` (`tokenKey`)',
    ])
  })
})

describe('a changed definition', () => {
  const [superusers, users] = systemCollections.filter(({ type }) => type === 'auth')
  if (superusers === undefined || users === undefined) throw new Error('They are always there.')

  function change(stored: CollectionDefinition, changed: object): AuthOptions {
    const definition = {
      ...stored,
      options: { ...options(stored), ...changed },
    } as CollectionDefinition
    return options(completeChanged(definition, { previous: stored, now }))
  }

  it('keeps its date of creation', ({ expect }) => {
    const stored = { ...users, created: '2020-01-01 00:00:00.000Z' }

    const definition = completeChanged(stored, { previous: stored, now })

    expect(definition).toMatchObject({ created: stored.created, updated: stamp })
  })

  // A user locked out by a new rule must not stay signed in with an old token.
  it('has a new token secret when the auth rule changes, and only then', ({ expect }) => {
    expect(change(users, { authRule: 'verified = true' }).authToken.secret).toMatch(/^\w{50}$/)
    expect(change(users, { manageRule: 'id = "x"' }).authToken.secret).toBe('')
  })

  it('drops the mapping of OAuth2 data if the field was removed', ({ expect }) => {
    const fields = users.fields.filter(({ name }) => name !== 'avatar')

    const definition = completeChanged({ ...users, fields }, { previous: users, now })

    expect(options(definition).oauth2.mappedFields).toEqual({
      id: '',
      name: 'name',
      username: '',
      avatarURL: '',
    })
  })

  it('lets superusers sign in with a password, never with OAuth2, never with a code alone', ({
    expect,
  }) => {
    const changed = change(superusers, {
      oauth2: { ...options(superusers).oauth2, enabled: true },
      passwordAuth: { enabled: false, identityFields: ['email'] },
      otp: { ...options(superusers).otp, enabled: true },
    })

    expect(changed).toMatchObject({
      oauth2: { enabled: false, providers: [] },
      passwordAuth: { enabled: true },
      mfa: { enabled: true },
    })
  })
})
