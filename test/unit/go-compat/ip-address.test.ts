import { describe, it } from 'vitest'
import {
  addressBlock,
  formatIpAddress,
  isInRanges,
  isIpRange,
  parseIpAddress,
} from '#go-compat/ip-address.ts'

describe('an IP address or subnet', () => {
  it.for([
    '1.2.3.4',
    '1.2.3.4/0',
    '1.2.3.4/32',
    '::/0',
    '::1',
    'fe80::1%eth0',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:7:8',
    '1::8/128',
  ])('is %j', (text, { expect }) => {
    expect(isIpRange(text)).toBe(true)
  })

  it.for([
    '',
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4/',
    '1.2.3.4/033',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    ' 1.2.3.4',
    '1::2::3',
    '::1/129',
    '1.2.3.4/8 ',
    '256.1.1.1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8:9',
    '1.2.3.4:1::',
    'g::',
    '1.2.3.4\n',
  ])('is not %j', (text, { expect }) => {
    expect(isIpRange(text)).toBe(false)
  })
})

describe('an address', () => {
  it.for([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.0.0.9', '10.0.0.8/31', true],
    ['10.0.0.10', '10.0.0.8/31', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['10.0.0.1', '::/0', false],
    ['nonsense', '0.0.0.0/0', false],
    ['1.2.3.4', 'nonsense', false],
  ] as const)('%s is in %s: %j', ([address, range, isInside], { expect }) => {
    expect(isInRanges(address, [range])).toBe(isInside)
  })

  it('is formatted in full', ({ expect }) => {
    expect(formatIpAddress(parseIpAddress('2001:DB8::1') ?? [])).toBe(
      '2001:0db8:0000:0000:0000:0000:0000:0001',
    )
  })

  // The owner of one IPv6 address has 2^64 of them.
  it('belongs to the same customer as all others of its IPv6 network', ({ expect }) => {
    expect(addressBlock('2001:db8:1:2:3:4:5:6')).toBe(addressBlock('2001:db8:1:2::1'))
    expect(addressBlock('2001:db8:1:3::1')).not.toBe(addressBlock('2001:db8:1:2::1'))
    expect(addressBlock('::ffff:1.2.3.4')).toBe('1.2.3.4')
  })
})
