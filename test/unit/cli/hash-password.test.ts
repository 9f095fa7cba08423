import initialize from '@phi-ag/argon2/node'
import { it } from 'vitest'
import { hashPassword } from '#cli/hash-password.ts'

it('hashes with the Worker’s cost, in a form the Worker verifies', async ({ expect }) => {
  const argon2 = await initialize()

  const hash = await hashPassword('correct horse')

  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(argon2.tryVerify(hash, 'correct horse')).toMatchObject({ success: true })
  expect(argon2.tryVerify(hash, 'wrong horse')).toMatchObject({ success: false })
})

// The library takes the number of UTF-16 units as the number of bytes, so the Worker pads the
// password.
it('hashes every byte of a password that is not ASCII', async ({ expect }) => {
  const argon2 = await initialize()

  const hash = await hashPassword('pässwörter')

  expect(argon2.tryVerify(hash, 'pässwörter\0\0')).toMatchObject({ success: true })
  expect(argon2.tryVerify(hash, 'pässwörter')).toMatchObject({ success: false })
})
