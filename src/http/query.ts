import { parseBool } from '#go-compat/casts.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { headerKey } from './network-headers.ts'

/** Which part of a list is wanted. */
export interface Paging {
  readonly page: number
  readonly perPage: number
  /** Leaves out the count of everything found. */
  readonly skipTotal: boolean
}

const defaultPerPage = 30
const maxPerPage = 1000

/**
 * Reads `page`, `perPage` and `skipTotal`; an empty value counts as not sent.
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

/** How many rows come before a page; no more than SQLite can count to. */
export function rowsBefore({ page, perPage }: Pick<Paging, 'page' | 'perPage'>): number {
  return Math.min(perPage * (page - 1), Number.MAX_SAFE_INTEGER)
}

/** What no pair of names and values may hold: a `%` that is no escape, and a semicolon. */
export const malformedPair = /%(?![0-9a-fA-F]{2})|;/

/** The first value of each query parameter. A malformed parameter counts as not sent. */
export function queryMap(url: string | URL): Record<string, string> {
  const pairs = new URL(url).search.slice(1).split('&')
  const query = pairs.filter((pair) => !malformedPair.test(pair)).join('&')
  const map = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!map.has(name)) map.set(name, value)
  }
  return dictionary(map)
}

/**
 * The headers as rules ask for them: `X-Token` is `x_token`. `Host` is none of them, as in Go. A name
 * that is sent with an underscore never stands for one with hyphens, which the network may have
 * written.
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

/** A whole number as Go reads one; past 2^53 it is rounded, past 2^63 refused. */
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
