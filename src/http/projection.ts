/*
 * The query parameter `fields`: which keys of an answer the client wants. A projection is a set of
 * dotted paths; `*` stands for the keys of a level that no path names. An object that went through
 * one has its keys in alphabetical order, on every level.
 */
import type { MiddlewareHandler } from 'hono'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AppEnv } from './app-env.ts'
import type { ExcerptOptions } from './excerpt.ts'

/** The wanted paths, each with the excerpt its texts are cut to. The empty path is the value itself. */
export type Projection = ReadonlyMap<string, ExcerptOptions | undefined>

type Shorten = (html: string, options: ExcerptOptions) => string

/**
 * Applies `fields` to every successful JSON answer. A parameter that cannot be read is refused
 * before the request does anything, and costs nothing when it is absent.
 */
export function projectAnswers(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const raw = c.req.query('fields')
    if (raw === undefined || raw === '') return await next()

    const projection = parseProjection(raw)
    await next()
    if (!c.res.ok || !c.res.headers.get('content-type')?.startsWith('application/json')) return

    const projected = await project(await c.res.json(), projection)
    c.res = new Response(JSON.stringify(projected), c.res)
  }
}

/**
 * Reads a `fields` parameter.
 *
 * @throws {ApiError} `bad_request`
 */
export function parseProjection(raw: string): Projection {
  return new Map(splitTopLevel(raw).map(parsePath))
}

/** The wanted part of a value; of the items, if the value is a page of a list. */
export async function project(value: unknown, projection: Projection): Promise<unknown> {
  const isShortened = [...projection.values()].some((options) => options !== undefined)
  const shorten = isShortened ? (await import('./excerpt.ts')).excerpt : (html: string) => html
  if (isPage(value)) return { ...value, items: pick(value.items, projection, shorten) }
  return pick(value, projection, shorten)
}

const pageKeys = ['items', 'page', 'perPage', 'totalItems', 'totalPages']

function isPage(value: unknown): value is { items: unknown } {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length === pageKeys.length && pageKeys.every((key) => Object.hasOwn(value, key))
}

function pick(value: unknown, wanted: Projection, shorten: Shorten): unknown {
  if (Array.isArray(value)) {
    return isObject(value[0]) ? value.map((item) => pick(item, wanted, shorten)) : sorted(value)
  }
  if (!isObject(value) || wanted.size === 0) return sorted(value)

  const picked = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const below = pathsBelow(wanted, key)
      return below.size === 0 ? [] : [[key, pickMember(value[key], below, shorten)] as const]
    })
  return Object.fromEntries(picked)
}

/** A member that is named itself stays whole, whatever else is said of its parts. */
function pickMember(value: unknown, below: Projection, shorten: Shorten): unknown {
  if (!below.has('')) return pick(value, below, shorten)
  const options = below.get('')
  return options !== undefined && typeof value === 'string'
    ? shorten(value, options)
    : sorted(value)
}

/** What is wanted of a key: the paths that begin with it, without it; else what `*` says. */
function pathsBelow(wanted: Projection, key: string): Projection {
  const below = new Map<string, ExcerptOptions | undefined>()
  for (const [path, options] of wanted) {
    if (path === key) below.set('', options)
    else if (path.startsWith(`${key}.`)) below.set(path.slice(key.length + 1), options)
  }
  if (below.size === 0 && wanted.has('*')) below.set('', wanted.get('*'))
  return below
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const keys = Object.keys(value).toSorted()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parts between commas that no quote or parenthesis holds together. */
function splitTopLevel(raw: string): string[] {
  const parts: string[] = []
  let part = ''
  let quote = ''
  let depth = 0
  for (const char of raw) {
    if (quote === char) quote = ''
    else if (quote === '' && /['"`]/.test(char)) quote = char
    else if (quote === '' && char === '(') depth++
    else if (quote === '' && char === ')' && depth > 0) depth--

    if (char === ',' && quote === '' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  if (quote !== '' || depth > 0) throw new ApiError(commonErrors.badRequest)
  return [...parts, part].map((text) => text.trim()).filter((text) => text !== '')
}

function parsePath(text: string): [string, ExcerptOptions | undefined] {
  const colon = text.indexOf(':')
  if (colon < 0) return [text, undefined]
  return [text.slice(0, colon), parseModifier(text.slice(colon + 1))]
}

/** `excerpt(max, withEllipsis?)`, the only modifier there is. */
function parseModifier(text: string): ExcerptOptions {
  const [name, limit, ellipsis, ...rest] = text.split(/[(), ]+/).filter((part) => part !== '')
  const max = Math.trunc(Number(limit))
  if (name !== 'excerpt' || !Number.isFinite(max) || max <= 0 || rest.length > 0) {
    throw new ApiError(commonErrors.badRequest)
  }
  return { max, withEllipsis: /^(?:1|t|T|TRUE|true|True)$/.test(ellipsis ?? '') }
}
