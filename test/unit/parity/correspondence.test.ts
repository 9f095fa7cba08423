import { describe, it } from 'vitest'
import { Correspondence } from '../../parity/correspondence.ts'

const [one, other, third] = ['a1b2c3d4e5f6g7h', 'z1y2x3w4v5u6t7s', 'k1k2k3k4k5k6k7k']

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part(claims)}.${part(claims)}`
}

describe('generated ids', () => {
  it('correspond from the first time on', ({ expect }) => {
    const correspondence = new Correspondence()

    expect(correspondence.agree(one, other)).toBe(true)
    expect(correspondence.agree(`by ${one}.`, `by ${other}.`)).toBe(true)
    expect(correspondence.rightOf(one)).toBe(other)
  })

  it('correspond to a single id of the other side', ({ expect }) => {
    const correspondence = new Correspondence()
    correspondence.agree(one, other)

    expect(correspondence.agree(one, third)).toBe(false)
    expect(correspondence.agree(third, other)).toBe(false)
    expect(correspondence.agree(one, one)).toBe(true)
  })

  it('do not include ids sent in a request', ({ expect }) => {
    const correspondence = new Correspondence()
    correspondence.noteSent(JSON.stringify({ id: one }))

    expect(correspondence.agree(one, other)).toBe(false)
    expect(correspondence.agree(other, one)).toBe(false)
  })

  it.for([
    ['of another kind', one, 'A'.repeat(50)],
    ['in other words', `by ${one}`, `of ${other}`],
    ['more than once', `${one} ${one}`, other],
    ['not at all', 'abc', 'abd'],
  ] as const)('do not make texts agree that have them %s', ([, left, right], { expect }) => {
    expect(new Correspondence().agree(left, right)).toBe(false)
  })

  it.for([
    ['_clone_aB3d', '_clone_xY9z', '_clone_1234'],
    ['idx_email_abcdefghij', 'idx_email_klmnopqrst', 'idx_email_uvwxyzabcd'],
    ['temp_view_abcde', 'temp_view_fghij', 'temp_view_klmno'],
  ] as const)('are generated again each time in %s', ([left, right, later], { expect }) => {
    const correspondence = new Correspondence()

    expect(correspondence.agree(left, right)).toBe(true)
    expect(correspondence.agree(left, later)).toBe(true)
  })
})

describe('times', () => {
  const at = (milliseconds: number) =>
    new Date(Date.now() + milliseconds).toISOString().replace('T', ' ')

  it('agree when both are about now', ({ expect }) => {
    expect(new Correspondence().agree(at(0), at(2000))).toBe(true)
  })

  it('differ when they are far apart, or both long ago', ({ expect }) => {
    const correspondence = new Correspondence()

    expect(correspondence.agree(at(0), at(60_000))).toBe(false)
    expect(correspondence.agree(at(-500_000), at(-500_001))).toBe(false)
  })
})

describe('tokens', () => {
  const claims = { type: 'auth', collectionId: 'users', id: one, exp: 1_000_000, refreshable: true }

  it('agree if their claims correspond', ({ expect }) => {
    const right = token({ ...claims, id: other, exp: 1_000_001, session: 's' })

    expect(new Correspondence().agree(token(claims), right)).toBe(true)
  })

  it.for([
    ['their purpose', { type: 'file' }],
    ['their collection', { collectionId: 'people' }],
    ['their end', { exp: 1_000_100 }],
    ['whether they can be renewed', { refreshable: false }],
    ['their address', { email: 'a@example.com' }],
  ] as const)('differ in %s', ([, change], { expect }) => {
    expect(new Correspondence().agree(token(claims), token({ ...claims, ...change }))).toBe(false)
  })

  it('differ if they belong to different accounts', ({ expect }) => {
    const correspondence = new Correspondence()
    correspondence.agree(one, other)

    expect(correspondence.agree(token(claims), token({ ...claims, id: third }))).toBe(false)
  })

  it('that cannot be read differ', ({ expect }) => {
    expect(new Correspondence().agree('eyJh.eyJi.x', 'eyJh.eyJj.x')).toBe(false)
  })
})
