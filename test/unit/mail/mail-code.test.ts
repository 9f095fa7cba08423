import { describe, it } from 'vitest'
import { codeIn } from '#mail/mail-code.ts'

describe('codeIn', () => {
  it.for([
    ['Your one-time password is 48213377', '48213377'],
    ['Your code: 1234.', '1234'],
    ['1234\nis your code, 1234!', '1234'],
    ['0048', '0048'],
  ] as const)('finds the code of %j', ([text, code], { expect }) => {
    expect(codeIn(text)).toBe(code)
  })

  it.for([
    'Confirm: https://example.com/_/auth/confirm-verification/1234.5678',
    'Write to 12345@example.com',
    'See https://example.com/?id=123456 for more',
    'Call 0123-456789, room 123',
    'In 2025 or 2026',
    'Order A-12345',
    '12.345,67',
    '',
  ])('finds none in %j', (text, { expect }) => {
    expect(codeIn(text)).toBe(undefined)
  })
})
