import { describe, it } from 'vitest'
import { z } from 'zod'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { scaffold } from '#catalog/scaffolds.ts'

const base = {
  ...scaffold('base'),
  name: 'posts',
  listRule: 'id != ""',
  created: '2024-01-01 00:00:00.000Z',
}
const auth = scaffold('auth')

describe('decodeDefinition', () => {
  it('keeps what a body does not mention', ({ expect }) => {
    expect(decodeDefinition(base, {})).toEqual({ definition: base, type: 'base' })
  })

  it('replaces the list of fields as a whole, with missing options blank', ({ expect }) => {
    const { definition } = decodeDefinition(base, {
      fields: [{ name: 'title', type: 'text', max: 5, unknown: true }],
    })

    expect(definition.fields).toEqual([
      {
        autogeneratePattern: '',
        help: '',
        hidden: false,
        id: 'text724990059',
        max: 5,
        min: 0,
        name: 'title',
        pattern: '',
        presentable: false,
        primaryKey: false,
        required: false,
        system: false,
        type: 'text',
      },
    ])
  })

  it('reads the dates it knows, and blanks the others', ({ expect }) => {
    const dates = ['2024-05-06T07:08:09Z', 'yesterday'].map(
      (created) => decodeDefinition(base, { created }).definition.created,
    )

    expect(dates).toEqual(['2024-05-06 07:08:09.000Z', ''])
  })

  it('treats a blank type as base, and reports an invalid one', ({ expect }) => {
    expect(decodeDefinition(base, { type: '' }).type).toBe('base')
    expect(decodeDefinition(base, { type: 'table' })).toEqual({ definition: base, type: 'table' })
  })

  // The dashboard sends providers back without their secrets.
  it('keeps the secrets a client cannot send back', ({ expect }) => {
    const provider = { name: 'google', clientId: 'id', clientSecret: 'secret' }
    const { definition: stored } = decodeDefinition(auth, { oauth2: { providers: [provider] } })

    const { definition } = decodeDefinition(stored, {
      oauth2: { providers: [{ name: 'google', clientId: 'id', displayName: 'G' }] },
      authToken: { duration: 60 },
    })

    expect(definition.options).toMatchObject({
      oauth2: { providers: [{ displayName: 'G', clientSecret: 'secret' }] },
      authToken: { duration: 60, secret: auth.type === 'auth' && auth.options.authToken.secret },
    })
  })

  it('keeps the secrets of reordered providers', ({ expect }) => {
    const [one, two] = [
      { name: 'google', clientId: 'g', clientSecret: 'of google' },
      { name: 'github', clientId: 'h', clientSecret: 'of github' },
    ]
    const { definition: stored } = decodeDefinition(auth, { oauth2: { providers: [one, two] } })

    const { definition } = decodeDefinition(stored, {
      oauth2: { providers: [{ name: 'github', clientId: 'h' }] },
    })

    expect(definition.options).toMatchObject({
      oauth2: { providers: [{ name: 'github', clientSecret: 'of github' }] },
    })
  })

  // A user who can change a definition may not read its secrets.
  it.for([
    { name: 'oidc' },
    { clientId: 'other' },
    { tokenURL: 'https://attacker.example.com/token' },
    { tokenURL: '' },
    { authURL: 'https://attacker.example.com/auth' },
    { userInfoURL: 'https://attacker.example.com/user' },
    { tokenURL: 'https://attacker.example.com/token', clientSecret: null },
  ])('sends no stored secret to another client or address: %j', (change, { expect }) => {
    const provider = { name: 'oidc2', clientId: 'id', tokenURL: 'https://example.com/token' }
    const { definition: stored } = decodeDefinition(auth, {
      oauth2: { providers: [{ ...provider, clientSecret: 'secret' }] },
    })

    const { definition } = decodeDefinition(stored, {
      oauth2: { providers: [{ ...provider, ...change }] },
    })

    expect(definition.options).toMatchObject({ oauth2: { providers: [{ clientSecret: '' }] } })
  })

  it.for([
    { name: 5 },
    { listRule: 5 },
    { indexes: [5] },
    { created: 5 },
    { system: 'true' },
    { fields: {} },
    { fields: [null] },
    { fields: [{ name: 'a' }] },
    { fields: [{ name: 'a', type: 'table' }] },
    { fields: [{ name: 'a', type: 'text', max: '1' }] },
    { oauth2: 5 },
    { viewQuery: 5 },
  ])('refuses the wrong JSON types of %j, whatever type it is for', (body, { expect }) => {
    expect(() => decodeDefinition(base, body)).toThrow(z.ZodError)
  })
})
