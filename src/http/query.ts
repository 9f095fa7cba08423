import { parseBool } from '#go-compat/casts.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { headerKey } from '#http/network/network-headers.ts'

/** The requested page of a list. */
export interface Paging {
  readonly page: number
  readonly perPage: number
  /** Skips counting all matches. */
  readonly skipTotal: boolean
}

const defaultPerPage = 30
const maxPerPage = 1000

/**
 * Reads `page`, `perPage` and `skipTotal`. An empty value counts as absent.
 *
 * @throws {ApiError} `bad_request`
 */
export function readPaging(query: Readonly<Record<string, string>>): Paging {
  const page = integer(query['page'] ?? '', 1)
  const perPage = integer(query['perPage'] ?? '', defaultPerPage)
  return {
    page: page > 0 ? page : 1,
    perPage: perPage > 0 ? Math.min(perPage, maxPerPage) : defaultPerPage,
    skipTotal: flag(query['skipTotal'] ?? ''),
  }
}

/** The number of rows before a page, limited to what SQLite can count. */
export function rowsBefore({ page, perPage }: Pick<Paging, 'page' | 'perPage'>): number {
  return Math.min(perPage * (page - 1), Number.MAX_SAFE_INTEGER)
}

/** Invalid in a pair of name and value: a `%` that is no escape, and a semicolon. */
export const malformedPair = /%(?![0-9a-fA-F]{2})|;/

/** The first value of each query parameter. Malformed parameters count as absent. */
export function queryMap(url: string | URL): Record<string, string> {
  const search = searchOf(url)
  if (search === '') return dictionary()
  const pairs = search.split('&')
  const query = pairs.filter((pair) => !malformedPair.test(pair)).join('&')
  const map = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!map.has(name)) map.set(name, value)
  }
  return dictionary(map)
}

/** A query of these characters alone is the same once its URL is parsed, which costs more than the rest. */
const plainQuery = /^[!$-&(-;=?-~]*$/

function searchOf(url: string | URL): string {
  if (typeof url === 'string') {
    const start = url.indexOf('?')
    if (start < 0) return ''
    const search = url.slice(start + 1)
    if (plainQuery.test(search) && !url.slice(0, start).includes('#')) return search
  }
  return new URL(url).search.slice(1)
}

/**
 * The request's headers by their names in rules: `X-Token` is `x_token`. `Host` is excluded, as in
 * Go. A header sent with an underscore never replaces one with hyphens, which the network may have
 * set.
 */
export function headerMap(headers: Headers): Record<string, string> {
  const named = [...headers].filter(([name]) => name !== 'host')
  const [hyphened, underscored] = [false, true].map((isUnderscored) =>
    named.filter(([name]) => name.includes('_') === isUnderscored),
  )
  return dictionary(
    [...(underscored ?? []), ...(hyphened ?? [])].map(
      ([name, value]) => [headerKey(name), value] as const,
    ),
  )
}

/** Parses an integer as Go does. Past 2^53 it is rounded, past 2^63 rejected. */
function integer(text: string, absent: number): number {
  if (text === '') return absent
  if (!/^[+-]?\d+$/.test(text) || !isInt64(text)) throw new ApiError(commonErrors.badRequest)
  return Number(text)
}

function isInt64(text: string): boolean {
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value
}

function flag(text: string): boolean {
  const value = text === '' ? false : parseBool(text)
  if (value === undefined) throw new ApiError(commonErrors.badRequest)
  return value
}
