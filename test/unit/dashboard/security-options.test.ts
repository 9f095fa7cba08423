import { describe, it } from 'vitest'
import { defaultSecurity as stored } from '#catalog/security-options.ts'
import { completeSecurity, defaultSecurity } from '#dashboard/sign-in-options/security-options.ts'

describe('the options under security', () => {
  it('have the defaults of the server', ({ expect }) => {
    expect(defaultSecurity).toEqual(stored)
  })

  it('are completed where the API leaves them out', ({ expect }) => {
    expect(completeSecurity(undefined)).toEqual(stored)
    expect(completeSecurity({ totp: { enabled: true } })).toEqual({
      ...stored,
      totp: { ...stored.totp, enabled: true },
    })
  })
})
