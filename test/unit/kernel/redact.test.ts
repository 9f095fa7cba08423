import { describe, it } from 'vitest'
import { redactAddress, redactText } from '#kernel/redact.ts'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJl'

describe('a URL in a log', () => {
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
    ['/x?next=%252Fy%253Ftoken%253Dabc', '/x?next=***'],
    ['/x?code_verifier=abc&pwd=a&sid=b', '/x?code_verifier=***&pwd=***&sid=***'],
    [`/x/${jwt.replaceAll('.', '%2E')}/y`, '/x/***/y'],
    [`/x/%65${jwt.slice(1)}`, '/x/***'],
    [`/x?q=%2565${jwt.slice(1)}`, '/x?q=***'],
    [`/x?%65${jwt.slice(1)}`, '/x?***'],
    ["/x?filter=tokenKey='abc'", '/x?filter=***'],
    ['/x?filter=(a=1%26%26password!~%22abc%22)', '/x?filter=***'],
    ['/x?body=%7B%22password%22:%22abc%22%7D', '/x?body=***'],
    ['https://ada:abc@app.example.com/x', 'https://***@app.example.com/x'],
    ['/x?next=%2Fcb%3Fapi_key%3Dabc', '/x?next=***'],
    ['/x?next=https://ada:abc@app.example.com/', '/x?next=***'],
    [
      '/x?passphrase=a&auth=b&private_key=c&session=d',
      '/x?passphrase=***&auth=***&private_key=***&session=***',
    ],
    ['https://app.example.com/#access_token=abc', 'https://app.example.com/#***'],
  ])('%s is written as %s', ([address, written], { expect }) => {
    expect(redactAddress(address)).toBe(written)
  })

  it.for([
    '/api/x',
    '/api/x?page=2&filter=(a=1)',
    '/x?filter=(statecode=1%26%26verified=true)&sort=-created',
    '/x?a=me@example.com',
    '/x/100%25',
    '/x?a=%zz',
    '/x?',
    '/x?flag&b=',
    '',
  ])('%s stays as it is', (address, { expect }) => {
    expect(redactAddress(address)).toBe(address)
  })
})

describe('a string in a log', () => {
  it('loses its tokens and nothing else', ({ expect }) => {
    expect(redactText(`before ${jwt} after`)).toBe('before *** after')
  })
})
