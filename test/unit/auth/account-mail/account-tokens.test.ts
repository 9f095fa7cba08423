import { describe, it } from 'vitest'
import {
  accountClaims,
  type AccountTokenKind,
  accountTokenExpiry,
  holdsAccountToken,
  signAccountToken,
} from '#auth/account-mail/account-tokens.ts'
import type { AuthCollection } from '#auth/auth-token.ts'

/*
 * Tokens of PocketBase 0.39.11 for an account whose token key and collection secrets were set to
 * known strings.
 */
const header = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'
const madeByPocketBase: Readonly<Record<AccountTokenKind, string>> = {
  verification: `${header}.eyJjb2xsZWN0aW9uSWQiOiJfcGJfdXNlcnNfYXV0aF8iLCJlbWFpbCI6Im1vdmVkQGV4YW1wbGUuY29tIiwiZXhwIjoxNzk1NDU5NTI5LCJpZCI6Im1vdmVkMDAwMDAwMDAwMCIsInR5cGUiOiJ2ZXJpZmljYXRpb24ifQ.8AISnb4AQGVaWcxHSCrf4WEJPjl5N6XwCyx7jKv4JCs`,
  passwordReset: `${header}.eyJjb2xsZWN0aW9uSWQiOiJfcGJfdXNlcnNfYXV0aF8iLCJlbWFpbCI6Im1vdmVkQGV4YW1wbGUuY29tIiwiZXhwIjoxNzk1Mzc0OTI5LCJpZCI6Im1vdmVkMDAwMDAwMDAwMCIsInR5cGUiOiJwYXNzd29yZFJlc2V0In0.tySaqI1TMLzB1T_Mtp2BtjV1wUt9nYhlQ_nJt0vpg20`,
  emailChange: `${header}.eyJjb2xsZWN0aW9uSWQiOiJfcGJfdXNlcnNfYXV0aF8iLCJlbWFpbCI6Im1vdmVkQGV4YW1wbGUuY29tIiwiZXhwIjoxNzk1Mzc0OTMwLCJpZCI6Im1vdmVkMDAwMDAwMDAwMCIsIm5ld0VtYWlsIjoibmV3QGV4YW1wbGUuY29tIiwidHlwZSI6ImVtYWlsQ2hhbmdlIn0.qo4iQj3fvTYxUQHWLgsVd72byfQmmyIixc_9eEDlSNk`,
  file: `${header}.eyJjb2xsZWN0aW9uSWQiOiJfcGJfdXNlcnNfYXV0aF8iLCJleHAiOjE3OTUzNzMzMTAsImlkIjoibW92ZWQwMDAwMDAwMDAwIiwidHlwZSI6ImZpbGUifQ.UZNOF4HP2MwECaW4mse_C23_hQ9N8h6mqsk3H5Zh5h4`,
}
const kinds = Object.keys(madeByPocketBase) as AccountTokenKind[]

const account = { id: 'moved0000000000', tokenKey: 'moved-account-token-key-of-thirty-characters' }
const collection = {
  id: '_pb_users_auth_',
  auth: {
    verificationToken: { duration: 86400, secret: 'verification-secret-of-thirty-characters' },
    passwordResetToken: { duration: 1800, secret: 'passwordreset-secret-of-thirty-characters' },
    emailChangeToken: { duration: 1800, secret: 'emailchange-secret-of-thirty-characters' },
    fileToken: { duration: 180, secret: 'file-secret-of-thirty-characters-or-more' },
  },
} as unknown as AuthCollection

const madeAt = new Date('2026-11-22T18:45:30Z')

function expiryOf(token: string): Date {
  const { exp } = JSON.parse(atob(token.split('.')[1] ?? '')) as { exp: number }
  return new Date(exp * 1000)
}

describe('a token that PocketBase made', () => {
  it.for(kinds)('of the kind %s is valid', async (kind, { expect }) => {
    const token = madeByPocketBase[kind]

    expect(await holdsAccountToken(collection, kind, account, token, madeAt)).toBe(true)
  })

  it.for(kinds)('of the kind %s is not valid as another kind', async (kind, { expect }) => {
    const others = kinds.filter((other) => other !== kind)

    const held = await Promise.all(
      others.map((other) =>
        holdsAccountToken(collection, other, account, madeByPocketBase[kind], madeAt),
      ),
    )

    expect(held).toEqual(others.map(() => false))
  })

  it.for(kinds)('of the kind %s expires at its second', async (kind, { expect }) => {
    const token = madeByPocketBase[kind]
    const end = expiryOf(token)
    const before = new Date(end.getTime() - 1000)

    expect(await holdsAccountToken(collection, kind, account, token, before)).toBe(true)
    expect(await holdsAccountToken(collection, kind, account, token, end)).toBe(false)
  })

  it.for(kinds)('of the kind %s is created identically here', async (kind, { expect }) => {
    const theirs = madeByPocketBase[kind]
    const isMailed = kind !== 'file'

    const ours = await signAccountToken(collection, {
      kind,
      account,
      ...(isMailed ? { email: 'moved@example.com' } : {}),
      ...(kind === 'emailChange' ? { newEmail: 'new@example.com' } : {}),
      expiresAt: expiryOf(theirs),
    })

    expect(ours).toBe(theirs)
  })

  it('is not valid for another account or a new token key', async ({ expect }) => {
    const token = madeByPocketBase.verification
    const other = { ...account, id: 'other0000000000' }
    const changed = { ...account, tokenKey: 'x'.repeat(50) }

    expect(await holdsAccountToken(collection, 'verification', other, token, madeAt)).toBe(false)
    expect(await holdsAccountToken(collection, 'verification', changed, token, madeAt)).toBe(false)
  })
})

it('has the lifetime of its kind', ({ expect }) => {
  expect(accountTokenExpiry(collection, 'passwordReset', madeAt)).toEqual(
    new Date('2026-11-22T19:15:30Z'),
  )
})

describe('claims', () => {
  it.for([
    ['no token at all', ''],
    ['nonsense', 'nonsense'],
    ['three parts of nonsense', 'a.b.c'],
    ['a payload that is no object', `${header}.${btoa('[]')}.x`],
    ['five parts', 'a.b.c.d.e'],
  ] as const)('of %s are blank', ([, token], { expect }) => {
    expect(accountClaims(token)).toEqual({
      ...{ id: '', collectionId: '', type: '', email: '', newEmail: '' },
    })
  })

  it('are read without verification', ({ expect }) => {
    const forged = madeByPocketBase.emailChange.replace(/\.[^.]*$/, '.AAAA')

    expect(accountClaims(forged)).toEqual({
      id: 'moved0000000000',
      collectionId: '_pb_users_auth_',
      type: 'emailChange',
      email: 'moved@example.com',
      newEmail: 'new@example.com',
    })
  })
})
