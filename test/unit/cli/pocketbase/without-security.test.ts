import { describe, it } from 'vitest'
import { scaffold } from '#catalog/scaffolds.ts'
import { defaultSecurity } from '#catalog/security-options.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { withoutSecurity, withSecurityOf } from '#cli/pocketbase/without-security.ts'

type AuthDefinition = Extract<CollectionDefinition, { type: 'auth' }>

const security = { ...defaultSecurity, totp: { enabled: true, issuer: '', skew: 1 } }

function account(changes: Partial<AuthDefinition['options']> = {}): AuthDefinition {
  const blank = scaffold('auth')
  if (blank.type !== 'auth') throw new Error('Not an auth collection.')
  return { ...blank, id: 'users_id', name: 'users', options: { ...blank.options, ...changes } }
}

describe('withoutSecurity', () => {
  it('changes nothing of a collection that PocketBase can hold', ({ expect }) => {
    const given = account()

    expect(withoutSecurity(given)).toEqual({ definition: given, lost: [] })
  })

  it('drops the options, and says so', ({ expect }) => {
    const { definition, lost } = withoutSecurity(account({ security }))

    expect(definition.options).toMatchObject({ security: defaultSecurity })
    expect(lost).toEqual(['the option security'])
  })

  it('locks every rule that asks for facts of the session', ({ expect }) => {
    const asking = '@request.session.level = 2'
    const given = {
      ...account({ manageRule: asking, authRule: 'verified = true' }),
      viewRule: `id != '' && ${asking}`,
      listRule: '',
    }

    const { definition, lost } = withoutSecurity(given)

    expect(definition).toMatchObject({ viewRule: null, listRule: '' })
    expect(definition.options).toMatchObject({ manageRule: null, authRule: 'verified = true' })
    expect(lost).toEqual(['viewRule, which is locked', 'manageRule, which is locked'])
  })

  it('asks every account for a second factor, where a rule asks for facts of the session', ({
    expect,
  }) => {
    const mfa = { enabled: true, duration: 600, rule: '@request.session.age > 1' }

    expect(withoutSecurity(account({ mfa })).definition.options).toMatchObject({
      mfa: { enabled: true, rule: '' },
    })
  })
})

describe('withSecurityOf', () => {
  it('keeps the options of the collection that an import replaces', ({ expect }) => {
    const imported = withSecurityOf([account({ security })], account())

    expect(imported.options).toMatchObject({ security })
  })

  it('leaves other collections as they are', ({ expect }) => {
    const other = { ...account(), id: 'staff_id' }

    expect(withSecurityOf([account({ security })], other)).toBe(other)
  })
})
