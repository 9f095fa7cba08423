import fc from 'fast-check'
import { describe, it } from 'vitest'
import { readRange } from '#files/byte-range.ts'

const invalid = { fault: 'invalid range' }
const outside = { fault: 'invalid range: failed to overlap' }

describe('of ten bytes', () => {
  it.for([
    [undefined, 'whole'],
    ['', 'whole'],
    ['bytes=0-3', { offset: 0, length: 4 }],
    ['bytes= 4 - ', { offset: 4, length: 6 }],
    ['bytes=-3', { offset: 7, length: 3 }],
    ['bytes=-100', { offset: 0, length: 10 }],
    ['bytes=0-100', { offset: 0, length: 10 }],
    ['bytes=9-9', { offset: 9, length: 1 }],
    ['bytes=10-', outside],
    ['bytes=-0', outside],
    ['bytes=5-4', invalid],
    ['bytes=-', invalid],
    ['bytes=a-b', invalid],
    ['bytes=1', invalid],
    ['items=0-1', invalid],
    ['bytes=', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['bytes=0-1,20-', { offset: 0, length: 2 }],
    ['bytes=20-,30-', outside],
    ['bytes=0-1,x', invalid],
  ] as const)('%j asks for %j', ([header, asked], { expect }) => {
    expect(readRange(header, 10)).toEqual(asked)
  })
})

it('requests all of an empty object', ({ expect }) => {
  expect(readRange('bytes=0-', 0)).toBe('whole')
})

it('never exceeds the object', ({ expect }) => {
  const spec = fc.tuple(fc.string(), fc.nat(), fc.nat())
  fc.assert(
    fc.property(spec, fc.nat(1000), ([noise, first, last], size) => {
      for (const header of [`bytes=${first}-${last}`, `bytes=-${last}`, `bytes=${noise}`]) {
        const asked = readRange(header, size)
        if (asked === 'whole' || 'fault' in asked) continue
        expect(asked.length).toBeGreaterThan(0)
        expect(asked.offset + asked.length).toBeLessThanOrEqual(size)
      }
    }),
  )
})
