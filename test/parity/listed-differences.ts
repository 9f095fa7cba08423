/*
 * docs/differences.md lists in what Arete means to differ from PocketBase: a table that people read
 * and the parity run obeys. A row names the requests and the one part of the answer it is about.
 */
import type { Difference } from './compare.ts'

/** A row of the table. */
export interface ListedDifference {
  readonly id: string
  readonly reason: string
  covers(where: Place, difference: Difference): boolean
}

/** Where a difference showed. */
export interface Place {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly scenario: string
}

const kinds = ['status', 'header', 'body', 'order', 'text'] as const

/**
 * Reads the table in a Markdown text. @throws Error for a row that cannot be understood or repeats
 * an id.
 */
export function parseListedDifferences(text: string): readonly ListedDifference[] {
  const rows = text
    .split('\n')
    .filter((line) => /^\| *`[\w-]+` *\|/.test(line))
    .map(parseRow)
  const ids = rows.map((row) => row.id)
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i)
  if (repeated !== undefined) throw new Error(`${repeated} is listed twice.`)
  return rows
}

function parseRow(line: string): ListedDifference {
  // A bar inside a cell is written \|, as Markdown wants it.
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
  const [id, where, answer, reason] = cells
  if (id === undefined || where === undefined || answer === undefined || !reason) {
    throw new Error(`A row of the differences needs four cells: ${line}`)
  }
  const isWhere = anyOf(codes(where).map(parseWhere), line)
  const isAnswer = anyOf(codes(answer).map(parseAnswer), line)
  return {
    id: id.replaceAll('`', ''),
    reason,
    covers: (place, difference) => isWhere(place) && isAnswer(difference),
  }
}

/** The pieces of a cell that are set as code; the words around them are for people. */
function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
}

function anyOf<T>(tests: readonly ((value: T) => boolean)[], line: string): (value: T) => boolean {
  if (tests.length === 0) throw new Error(`A row of the differences has an empty cell: ${line}`)
  return (value) => tests.some((test) => test(value))
}

/** `GET /api/x/*` (`*` a segment, `**` any rest, `*` as method any), or `scenario: part of its name`. */
function parseWhere(text: string): (place: Place) => boolean {
  if (text.startsWith('scenario:')) {
    const name = glob(text.slice('scenario:'.length).trim())
    return (place) => name.test(place.scenario)
  }
  const [method = '', path = ''] = text.split(' ')
  const pattern = glob(path, '/')
  return (place) => (method === '*' || method === place.method) && pattern.test(place.path)
}

/** A kind, then the place in the answer, or `status 400 -> 200` (PocketBase's first). */
function parseAnswer(text: string): (difference: Difference) => boolean {
  const [kind = '', ...rest] = text.split(' ')
  if (!kinds.some((known) => known === kind)) {
    throw new Error(`${text} is none of ${kinds.join(', ')}.`)
  }
  if (kind === 'status') {
    const [left, , right] = rest
    return ({ kind: found, left: a, right: b }) =>
      found === 'status' && (left === undefined || (a === left && b === right))
  }
  const at = glob(rest.join(' '), '.')
  return (difference) => difference.kind === kind && at.test(difference.at)
}

/** `*` stands for anything without the separator, `**` for anything. */
function glob(pattern: string, separator = ''): RegExp {
  const one = separator === '' ? '.*' : `[^${separator}]*`
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*'
      return part === '*' ? one : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    })
    .join('')
  return new RegExp(`^${source}$`, 's')
}
