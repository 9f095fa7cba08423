/*
 * docs/differences.md lists where Arete differs from PocketBase on purpose. People read it and the
 * parity run obeys it. Its last chapter describes the format.
 */
import type { Difference } from './compare.ts'

/** An entry of the list. */
export interface ListedDifference {
  readonly id: string
  readonly reason: string
  /** The text of each request the entry applies to, such as `GET /api/health`. */
  readonly requests: readonly string[]
  covers(where: Place, difference: Difference): boolean
}

/** Where a difference showed. */
export interface Place {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly scenario: string
}

type Test<T> = (value: T) => boolean

/**
 * Reads the entries in a Markdown text.
 *
 * @throws Error for an entry that cannot be understood or repeats an id.
 */
export function parseListedDifferences(text: string): readonly ListedDifference[] {
  const entries = text
    .split(/^(?=#+ )/m)
    .map(parseSection)
    .filter((entry) => entry !== undefined)
  const ids = entries.map(({ id }) => id)
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i)
  if (repeated !== undefined) throw new Error(`${repeated} is listed twice.`)
  return entries
}

/** Reads a heading and what follows it; nothing if the heading has no id. */
function parseSection(section: string): ListedDifference | undefined {
  const heading = /^#+ .*/.exec(section)?.[0] ?? ''
  const paragraphs = section
    .slice(heading.length)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replaceAll(/\s*\n\s*/g, ' '))
    .filter((paragraph) => paragraph !== '')
  const id = /^### .*\S \(`([a-z\d]+(?:-[a-z\d]+)*)`\)$/.exec(heading)?.[1]
  const application = paragraphs.findIndex((paragraph) => paragraph.startsWith('Applies to'))
  if (id === undefined && application < 0) return undefined
  if (id === undefined || application < 1 || application !== paragraphs.length - 1) {
    throw new Error(
      `An entry has a title, an id, a reason and then where it applies: ${heading || section}`,
    )
  }
  const { requests, parts } = parseApplication(paragraphs[application] ?? '')
  const isWhere = anyOf(requests.map(parseRequest))
  const isPart = anyOf(parts.map(parsePart))
  return {
    id,
    reason: paragraphs.slice(0, application).join('\n\n'),
    requests,
    covers: (place, difference) => isWhere(place) && isPart(difference),
  }
}

/** Takes a paragraph apart that reads: Applies to `request`, `request`: `part`, `part`. */
function parseApplication(paragraph: string): { requests: string[]; parts: string[] } {
  const codes = '(`[^`]+`(?:, `[^`]+`)*)'
  const match = new RegExp(`^Applies to ${codes}: ${codes}\\.$`).exec(paragraph)
  if (match === null) throw new Error(`${paragraph} names no requests and parts of a response.`)
  const [requests = [], parts = []] = match.slice(1).map((list) => list.slice(1, -1).split('`, `'))
  return { requests, parts }
}

function anyOf<T>(tests: readonly Test<T>[]): Test<T> {
  return (value) => tests.some((test) => test(value))
}

/** `GET /api/x/*` (`*` a segment, `**` any rest, `*` as method any), or `scenario: its name`. */
function parseRequest(text: string): Test<Place> {
  const scenario = /^scenario: (\S.*)$/.exec(text)?.[1]
  if (scenario !== undefined) {
    const name = glob(scenario)
    return (place) => name.test(place.scenario)
  }
  const [, method, path] = /^(\*|[A-Z]+) (\/\S*)$/.exec(text) ?? []
  if (method === undefined || path === undefined) {
    throw new Error(`${text} is neither a method and a path nor a scenario.`)
  }
  const pattern = glob(path, '/')
  return (place) => (method === '*' || method === place.method) && pattern.test(place.path)
}

/** A kind and a place in the response, `status`, or `status 400 -> 200` (PocketBase's first). */
function parsePart(text: string): Test<Difference> {
  const status = /^status(?: (\d{3}) -> (\d{3}))?$/.exec(text)
  if (status !== null) {
    const [, left, right] = status
    return (found) =>
      found.kind === 'status' &&
      (left === undefined || (found.left === left && found.right === right))
  }
  const [, kind, place] = /^(header|body|order|text) (\S+)$/.exec(text) ?? []
  if (kind === undefined || place === undefined) {
    throw new Error(`${text} is not a part of a response.`)
  }
  const at = glob(place, '.')
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
