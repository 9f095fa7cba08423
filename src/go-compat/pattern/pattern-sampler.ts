import {
  type CharacterSet,
  PatternError,
  type PatternNode,
  parsePattern,
  setHas,
} from './pattern.ts'

/** Inclusive ranges of code points. */
type Ranges = readonly (readonly [number, number])[]

/** The maximum count of an unbounded repetition. */
const maxUnbounded = 6

/** The characters that `.` draws from. */
const alphanumerics: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
]

const surrogates: readonly [number, number] = [0xd800, 0xdfff]
const basicPlane: readonly [number, number] = [0, 0xffff]
const otherPlanes: readonly [number, number] = [0x10000, 0x10ffff]

/** PocketBase's placeholder for UUIDs of version 7, used in place of an expression. */
const uuid = '<uuidv7>'

/** The operators of Go's regexp/syntax package by number, which PocketBase's messages contain. */
const refusedOperators = {
  empty: 2,
  'line-start': 7,
  'line-end': 8,
  'text-start': 9,
  'text-end': 10,
  'word-boundary': 11,
  'no-word-boundary': 12,
} as const

/**
 * Creates a generator of random strings that match a regular expression. The randomness is
 * cryptographic.
 *
 * Assertions (`^`, `$`, `\b`) and empty groups are rejected, as in PocketBase.
 *
 * @throws {PatternError}
 */
export function createSampler(source: string): () => string {
  if (source === uuid) return randomUuid
  const sample = samplerOf(parsePattern(source))
  const draw = createDraw()
  return () => sample(draw)
}

/** Draws a whole number from zero up to an exclusive limit, all equally likely. */
type Draw = (limit: number) => number

function samplerOf(node: PatternNode): (draw: Draw) => string {
  switch (node.kind) {
    case 'empty':
      return refuse(node.kind)
    case 'assertion':
      return refuse(node.assertion)
    case 'any':
      return characterSampler(alphanumerics)
    case 'set': {
      const ranges = membersOf(node.set)
      if (ranges.length === 0) throw new PatternError('No runes to choose from.')
      return characterSampler(ranges)
    }
    case 'sequence': {
      const parts = node.parts.map(samplerOf)
      return (draw) => parts.map((part) => part(draw)).join('')
    }
    case 'choice': {
      const choices = node.choices.map(samplerOf)
      return (draw) => choices[draw(choices.length)]?.(draw) ?? ''
    }
    case 'repeat': {
      const part = samplerOf(node.part)
      const max = node.max === Infinity ? Math.max(node.min, maxUnbounded) : node.max
      return (draw) => {
        const count = node.min + (max === node.min ? 0 : draw(max - node.min + 1))
        let text = ''
        for (let drawn = 0; drawn < count; drawn++) text += part(draw)
        return text
      }
    }
  }
}

function refuse(operator: keyof typeof refusedOperators): never {
  throw new PatternError(`Unsupported pattern operator ${refusedOperators[operator]}.`)
}

function membersOf(set: CharacterSet): Ranges {
  if (set.classes.length === 0) {
    return set.isNegated ? complementOf([...set.ranges, surrogates]) : set.ranges
  }
  const common = scan(set, basicPlane)
  return common.length > 0 ? common : scan(set, otherPlanes)
}

/** The members of a set that can only be tested one by one. Cost: a few milliseconds per plane. */
function scan(set: CharacterSet, [from, to]: readonly [number, number]): Ranges {
  const ranges: [number, number][] = []
  for (let codePoint = from; codePoint <= to; codePoint++) {
    const isSurrogate = surrogates[0] <= codePoint && codePoint <= surrogates[1]
    if (isSurrogate || !setHas(set, codePoint)) continue
    const last = ranges.at(-1)
    if (last?.[1] === codePoint - 1) last[1] = codePoint
    else ranges.push([codePoint, codePoint])
  }
  return ranges
}

function complementOf(ranges: Ranges): Ranges {
  const gaps: (readonly [number, number])[] = []
  let next = basicPlane[0]
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (next < from) gaps.push([next, from - 1])
    next = Math.max(next, to + 1)
  }
  if (next <= otherPlanes[1]) gaps.push([next, otherPlanes[1]])
  return gaps
}

/** Sets up to this size are listed. All that generate ids and tokens are. */
const maxListed = 256

function characterSampler(ranges: Ranges): (draw: Draw) => string {
  const size = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  if (size > maxListed) return (draw) => characterAt(ranges, draw(size))
  const characters = Array.from({ length: size }, (_, index) => characterAt(ranges, index))
  return (draw) => characters[draw(size)] ?? ''
}

function characterAt(ranges: Ranges, position: number): string {
  let index = position
  for (const [from, to] of ranges) {
    const size = to - from + 1
    if (index < size) return String.fromCodePoint(from + index)
    index -= size
  }
  return ''
}

/**
 * A source of numbers. It fetches random bytes in blocks, since every call is costly, and erases
 * them when they are used, since they may make up a secret.
 */
function createDraw(): Draw {
  const block = new Uint32Array(512)
  let used = block.length

  function next(): number {
    if (used === block.length) {
      crypto.getRandomValues(block)
      used = 0
    }
    const number = block[used] ?? 0
    block[used] = 0
    used += 1
    return number
  }

  return (limit) => {
    // Numbers at or past the last whole multiple would favour the first ones, so they are drawn
    // again.
    const end = 2 ** 32 - (2 ** 32 % limit)
    for (;;) {
      const drawn = next()
      if (drawn < end) return drawn % limit
    }
  }
}

/** Milliseconds, then randomness: RFC 9562, section 5.7. */
function randomUuid(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = crypto.randomUUID().slice(15)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random}`
}
