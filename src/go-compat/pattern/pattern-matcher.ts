import { type Assertion, PatternError, type PatternNode, parsePattern, setHas } from './pattern.ts'

/** A compiled regular expression. */
export interface Pattern {
  /**
   * True if any part of the string matches. Cost: at most the string's length times the pattern's.
   */
  test(text: string): boolean
}

/**
 * Compiles a regular expression in RE2's syntax.
 *
 * The time to match grows only linearly with the string: all alternatives advance through it side
 * by side, so nothing backtracks.
 *
 * @throws {PatternError}
 * @see https://swtch.com/~rsc/regexp/regexp2.html for the machine
 */
export function compilePattern(source: string): Pattern {
  const root = parsePattern(source)
  const program = assemble(root, source)
  return { test: testOfRun(root) ?? ((text) => run(program, text)) }
}

/**
 * The test for an expression such as `^[a-z0-9]+$`, the pattern of ids: a run of characters of one
 * set. It needs no machine. Undefined for other expressions.
 */
function testOfRun(root: PatternNode): ((text: string) => boolean) | undefined {
  if (root.kind !== 'sequence' || root.parts.length !== 3) return undefined
  const [start, repeat, end] = root.parts
  if (start?.kind !== 'assertion' || start.assertion !== 'text-start') return undefined
  if (end?.kind !== 'assertion' || end.assertion !== 'text-end') return undefined
  if (repeat?.kind !== 'repeat' || repeat.part.kind !== 'set') return undefined
  const { min, max, part } = repeat
  const accepts = memoized((codePoint) => setHas(part.set, codePoint))
  return (text) => {
    let length = 0
    for (const character of text) {
      if (!accepts(character.codePointAt(0) ?? 0)) return false
      length += 1
    }
    return length >= min && length <= max
  }
}

type Instruction =
  | { readonly kind: 'character'; accepts(codePoint: number): boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'fork'; targets: readonly number[] }
  | { readonly kind: 'match' }

/** Instructions in order. All except `fork` and `match` continue with the next one. */
type Program = readonly Instruction[]

/** With more than this, one string could keep a Worker busy for seconds. */
const maxInstructions = 20_000

/** Stands for the end of the string among code points. */
const none = -1
const newline = 0x0a

function assemble(root: PatternNode, source: string): Program {
  const program: Instruction[] = []

  function emit(node: PatternNode): void {
    if (program.length > maxInstructions) {
      throw new PatternError(`Error parsing regexp: expression too large: \`${source}\`.`)
    }
    switch (node.kind) {
      case 'empty':
        return
      case 'any':
        program.push({ kind: 'character', accepts: (c) => node.includesNewline || c !== newline })
        return
      case 'set':
        program.push({ kind: 'character', accepts: memoized((c) => setHas(node.set, c)) })
        return
      case 'assertion':
        program.push(node)
        return
      case 'sequence':
        node.parts.forEach(emit)
        return
      case 'choice':
        emitChoice(node.choices)
        return
      case 'repeat':
        emitRepeat(node.part, node.min, node.max)
    }
  }

  function emitFork(): (targets: readonly number[]) => void {
    const fork: Instruction = { kind: 'fork', targets: [] }
    program.push(fork)
    return (targets) => (fork.targets = targets)
  }

  function emitChoice(choices: readonly PatternNode[]): void {
    const aim = emitFork()
    const starts: number[] = []
    const leave: ((targets: readonly number[]) => void)[] = []
    for (const choice of choices) {
      starts.push(program.length)
      emit(choice)
      leave.push(emitFork())
    }
    aim(starts)
    for (const jump of leave) jump([program.length])
  }

  function emitRepeat(part: PatternNode, min: number, max: number): void {
    for (let count = 0; count < min; count++) emit(part)
    if (max === Infinity) {
      const start = program.length
      const aim = emitFork()
      emit(part)
      emitFork()([start])
      aim([start + 1, program.length])
      return
    }
    const skips = Array.from({ length: max - min }, () => {
      const aim = emitFork()
      const inside = program.length
      emit(part)
      return () => aim([inside, program.length])
    })
    for (const skip of skips) skip()
  }

  emit(root)
  program.push({ kind: 'match' })
  return program
}

function run(program: Program, text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  /** For each instruction, the position, counted from one, at which it was last reached. */
  const reached = new Uint32Array(program.length)
  let waiting: number[] = []
  for (let position = 0; position <= characters.length; position++) {
    const before = characters[position - 1] ?? none
    const after = characters[position] ?? none
    // A match may start anywhere, so a new attempt starts at each position.
    const pending = [...waiting, 0]
    waiting = []
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const instruction = program[index]
      if (instruction === undefined || reached[index] === position + 1) continue
      reached[index] = position + 1
      if (instruction.kind === 'match') return true
      if (instruction.kind === 'fork') pending.push(...instruction.targets)
      else if (instruction.kind === 'assertion') {
        if (isAt(instruction.assertion, before, after)) pending.push(index + 1)
      } else if (after !== none && instruction.accepts(after)) waiting.push(index + 1)
    }
  }
  return false
}

function isAt(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case 'text-start':
      return before === none
    case 'text-end':
      return after === none
    case 'line-start':
      return before === none || before === newline
    case 'line-end':
      return after === none || after === newline
    case 'word-boundary':
      return isWord(before) !== isWord(after)
    case 'no-word-boundary':
      return isWord(before) === isWord(after)
  }
}

function isWord(codePoint: number): boolean {
  return codePoint !== none && /\w/.test(String.fromCodePoint(codePoint))
}

/** Caches the results for ASCII, which nearly all characters are. */
function memoized(accepts: (codePoint: number) => boolean): (codePoint: number) => boolean {
  const known: boolean[] = []
  return (codePoint) => {
    if (codePoint > 0x7f) return accepts(codePoint)
    return (known[codePoint] ??= accepts(codePoint))
  }
}
