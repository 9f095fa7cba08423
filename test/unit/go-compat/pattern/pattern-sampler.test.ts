import { describe, it } from 'vitest'
import { compilePattern } from '#go-compat/pattern/pattern-matcher.ts'
import { createSampler } from '#go-compat/pattern/pattern-sampler.ts'

describe('sampling', () => {
  it.for([
    '[a-z0-9]{15}',
    '[a-zA-Z0-9]{50}',
    'user-\\d{3,5}',
    '(foo|bar|[x-z]+)?-\\w*',
    '.{3}',
    '[^a-z]{4}',
    '[^\\d\\s]{4}',
    '\\pL{2}',
    '[[:upper:]]\\x41',
  ])('draws texts that match %s', (source, { expect }) => {
    const draw = createSampler(source)
    const whole = compilePattern(`^(?:${source})$`)

    const samples = Array.from({ length: 30 }, draw)

    expect(samples.filter((sample) => !whole.test(sample))).toEqual([])
  })

  it('repeats an unbounded repetition at most six times', ({ expect }) => {
    const lengths = Array.from({ length: 200 }, createSampler('a*')).map(({ length }) => length)

    expect(Math.max(...lengths)).toBe(6)
  })

  it('draws every character of a class', ({ expect }) => {
    const drawn = new Set(Array.from({ length: 500 }, createSampler('[a-d]')))

    expect([...drawn].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('makes UUIDs of version 7', ({ expect }) => {
    const uuid = createSampler('<uuidv7>')()

    expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).toBeCloseTo(Date.now(), -4)
  })

  it.for([
    ['^a', 'Unsupported pattern operator 9.'],
    ['a$', 'Unsupported pattern operator 10.'],
    ['\\ba', 'Unsupported pattern operator 11.'],
    ['()', 'Unsupported pattern operator 2.'],
    ['[^\\x00-\\x{10FFFF}]', 'No runes to choose from.'],
    ['[^\\pL\\PL]', 'No runes to choose from.'],
    ['(', 'Error parsing regexp: missing closing ): `(`.'],
  ] as const)('refuses %s', ([source, message], { expect }) => {
    expect(() => createSampler(source)).toThrow(message)
  })
})
