import { describe, it } from 'vitest'
import { redactAddress, redactText } from '#logs/redact.ts'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJl'

describe('an address in a log', () => {
  it.for<[address: string, written: string]>([
    ['/api/files/c/r/f.png?token=abc&thumb=1x1', '/api/files/c/r/f.png?token=***&thumb=1x1'],
    ['/x?ToKeN=abc', '/x?ToKeN=***'],
    ['/x?%74oken=abc', '/x?%74oken=***'],
    ['/x?a=1&accessToken=abc', '/x?a=1&accessToken=***'],
    ['/x?password=abc;secret=x', '/x?password=***;secret=***'],
    ['/api/oauth2-redirect?code=abc&state=def', '/api/oauth2-redirect?code=***&state=***'],
    [`/_/auth/confirm-verification/${jwt}`, '/_/auth/confirm-verification/***'],
    [`/x?q=${jwt}`, '/x?q=***'],
    ['/x?next=/y?token=abc', '/x?next=/y?token=***'],
    ['/x?next=%2Fy%3Ftoken%3Dabc', '/x?next=***'],
    ['https://app.example.com/#access_token=abc', 'https://app.example.com/#***'],
  ])('%s is written as %s', ([address, written], { expect }) => {
    expect(redactAddress(address)).toBe(written)
  })

  it.for(['/api/x', '/api/x?page=2&filter=(a=1)', '/x?a=%zz', '/x?', '/x?flag&b=', ''])(
    '%s stays as it is',
    (address, { expect }) => {
      expect(redactAddress(address)).toBe(address)
    },
  )
})

describe('a text in a log', () => {
  it('loses its tokens and nothing else', ({ expect }) => {
    expect(redactText(`before ${jwt} after`)).toBe('before *** after')
  })
})
