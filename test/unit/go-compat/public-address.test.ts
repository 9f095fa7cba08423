import { describe, it } from 'vitest'
import { hostKind } from '#go-compat/public-address.ts'

/** The host as a URL has it, since the parser turns addresses into their usual form. */
function kindOf(host: string): string {
  return hostKind(new URL(`https://${host}/`).hostname)
}

describe('a host', () => {
  it.for([
    'example.com',
    'example.com.',
    'localhost.example.com',
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '[2001:200::1]',
    '[2606:4700::1111]',
    '[3ffe:ffff::1]',
    // These lead to the public IPv4 address that they hold.
    '[::ffff:1.1.1.1]',
    '[64:ff9b::1.1.1.1]',
  ])('%s is on the internet', (host, { expect }) => {
    expect(kindOf(host)).toBe('public')
  })

  it.for([
    '0.0.0.0',
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1.',
    '127.255.255.255',
    '2130706433',
    '0x7f.1',
    '0177.1',
    '169.254.0.0',
    '169.254.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.0',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.0',
    '239.255.255.255',
    '240.0.0.0',
    '255.255.255.255',
    '[::]',
    '[::1]',
    // IPv4-compatible, mapped, translated (SIIT), NAT64, local NAT64, 6to4, Teredo.
    '[::127.0.0.1]',
    '[::1.1.1.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::192.168.0.1]',
    '[64:ff9b:1::1.1.1.1]',
    '[64:ff9b:0:0:0:1:1.1.1.1]',
    '[2002:7f00:1::]',
    '[2002:101:101::]',
    '[2001::1]',
    '[2001:1ff:ffff::1]',
    '[2001:db8::1]',
    '[100::1]',
    '[1fff:ffff::1]',
    '[3fff::1]',
    '[4000::1]',
    '[5f00::1]',
    '[fc00::1]',
    '[fdff::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
  ])('%s is an inner address', (host, { expect }) => {
    expect(kindOf(host)).toBe('inner address')
  })

  it.for(['localhost', 'LOCALHOST.', 'a.localhost', 'printer', 'a.local', 'a.internal.', 'a.test'])(
    '%s is an inner name',
    (host, { expect }) => {
      expect(kindOf(host)).toBe('inner name')
    },
  )
})
