import { describe, it } from 'vitest'
import { hostOf, isDomain, isEmail, isUrl } from '#go-compat/formats.ts'

// All recorded from PocketBase 0.39.11.
describe('an email address', () => {
  it.for([
    'a@b.c',
    'A@B.C',
    'a.b+c@d.e',
    '{a|b}@c.d',
    'é@b.c',
    'a@é.ü',
    'a@b.c.',
    'a@b_c.d',
    'a@1.c',
    'a@b.c-d',
    'a@x..b.c',
    '"("@b.c',
    '" a "@c.d',
    `${'x'.repeat(300)}@b.c`,
  ])('%s is one', (text, { expect }) => {
    expect(isEmail(text)).toBe(true)
  })

  it.for([
    '',
    '@',
    'a',
    'a@b',
    ' a@b.c',
    'a@b.c\n',
    '.a@b.c',
    'a.@b.c',
    'a..b@c.d',
    'a b@c.d',
    '"a b"@c.d',
    'a@@b.c',
    'a@b@c.d',
    'a@-b.c',
    'a@b-.c',
    'a@b.1',
    'a@b.c-',
    'a@b.c..d',
    'a@1.2.3.4',
    'a@[1.2.3.4]',
    '😀@b.c',
  ])('%j is none', (text, { expect }) => {
    expect(isEmail(text)).toBe(false)
  })

  it('is recognised in linear time', ({ expect }) => {
    const started = performance.now()

    for (const part of ['a', 'a.', '"a', '" ', '.a-', 'a.-']) {
      isEmail(`a@${part.repeat(200_000)}!`)
      isEmail(`${part.repeat(200_000)}@`)
    }

    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('a URL', () => {
  it.for([
    'http://a',
    'http://a.b',
    'http://A.b',
    'A.com',
    'ab.c',
    'https://www.a.b',
    'http://ab.cd.ef',
    'http://a--b.c',
    'http://a.b.',
    'http://é.com',
    'http://localhost',
    'localhost:80',
    'ftp://a.b',
    'tcp://a.b',
    'udp://x',
    'ws://localhost:3000/x',
    'wss://x',
    'mailto:a@b.c',
    'a@b.c',
    'http://user:pw@a.b',
    'http://1.2.3.4:80',
    '1.2.3.4',
    'http://[::1]:80/x',
    'http://a.b/c?d=e#f',
    'http://a.b/%20',
    'http://a.b?%zz',
    'http://a.b/😀',
    `http://a.b/${'x'.repeat(2071)}`,
  ])('%s is one', (text, { expect }) => {
    expect(isUrl(text)).toBe(true)
  })

  it.for([
    '',
    'abc',
    'a.b',
    'a/b',
    'localhost',
    'http://',
    'http:///x',
    '//a.b',
    '/a.b',
    'HTTP://a.b',
    'irc://a.b',
    'javascript:alert(1)',
    'https:a.b',
    'http://a.b:',
    'http://a.b:123456',
    'http://a b.c',
    'http://a.b/ c',
    'http://a.b\n',
    'http://a.b/\u007f',
    'http://a.b/%zz',
    'http://a"b@c.d',
    'http://a_b.c',
    'http://-a.b',
    'http://a..b',
    '.a.b',
    'http://a.1',
    'http://256.1.1.1',
    'http://224.1.1.1',
    'http://[1:2]',
    'http://😀.com',
    `http://a.b/${'x'.repeat(2072)}`,
  ])('%j is none', (text, { expect }) => {
    expect(isUrl(text)).toBe(false)
  })

  it.for([
    ['http://a.b/c@d', 'a.b'],
    ['http://a.b:80?x', 'a.b:80'],
    ['http://u:p@x@a.b#y', 'a.b'],
    ['a.b', ''],
    ['a.b:80', ''],
  ] as const)('%s has the host %j', ([url, host], { expect }) => {
    expect(hostOf(url)).toBe(host)
  })
})

describe('a domain', () => {
  it.for(['a.b', 'A.B', 'x.Y', 'a-b.c', 'a.xn--b', 'xn--a.b', `${'a'.repeat(63)}.b`])(
    '%s is one',
    (text, { expect }) => {
      expect(isDomain(text)).toBe(true)
    },
  )

  it.for([
    'a',
    'localhost',
    'a.b.',
    'a_b.c',
    'a-.b',
    'é.com',
    'a.b1',
    'aX.b',
    '1.2.3.4',
    'a.b:80',
    `${'a'.repeat(64)}.b`,
  ])('%s is none', (text, { expect }) => {
    expect(isDomain(text)).toBe(false)
  })
})
