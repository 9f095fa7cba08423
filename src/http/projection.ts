/*
 * The query parameter `fields` selects keys of a response. A projection is a tree of dotted paths;
 * `*` stands for the keys of a level that no path names. A projected object has its keys in
 * alphabetical order, on every level.
 */
import type { Context, MiddlewareHandler, Next } from 'hono'
import { budget } from '#kernel/budget.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AppEnv } from './app-env.ts'
import { answerProjection } from './etag.ts'
import type { ExcerptOptions } from './excerpt.ts'

/** The selected paths. */
export interface Projection {
  readonly tree: Wanted
  /** True if any string is shortened. */
  readonly isShortened: boolean
}

/** The selection within a value. */
interface Wanted {
  /** Set if the whole value is selected, with how it is shortened. */
  whole: { readonly excerpt: ExcerptOptions | undefined } | undefined
  /** The selected keys. */
  readonly keys: Map<string, Wanted>
}

type Shorten = (html: string, options: ExcerptOptions) => string

/**
 * Applies `fields` to every successful JSON response. An invalid parameter is rejected before the
 * request does anything. Costs nothing if the parameter is absent.
 */
export function fieldProjection(): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    const raw = c.req.query('fields')
    return raw === undefined || raw === '' ? next() : answerProjected(c, next, raw)
  }
}

async function answerProjected(c: Context<AppEnv>, next: Next, raw: string): Promise<void> {
  const projection = parseProjection(raw)
  await next()
  if (!c.res.ok || !c.res.headers.get('content-type')?.startsWith('application/json')) return

  const projected = await project(await c.res.json(), projection)
  c.res = await answerProjection(c, JSON.stringify(projected), c.res)
}

/**
 * Parses a `fields` parameter.
 *
 * @throws {ApiError} `bad_request`
 */
export function parseProjection(raw: string): Projection {
  const texts = splitTopLevel(raw)
  if (texts.length > budget.fieldPaths) {
    const message = `The parameter fields names more than ${budget.fieldPaths} paths.`
    throw new ApiError(commonErrors.badRequest, { message })
  }
  const paths = texts.map(parsePath)
  const tree = nothingWanted()
  for (const { keys, excerpt } of paths) addPath(tree, keys, excerpt)
  return { tree, isShortened: paths.some(({ excerpt }) => excerpt !== undefined) }
}

function nothingWanted(): Wanted {
  return { whole: undefined, keys: new Map() }
}

/** Adds a path. The last of equal ones counts. */
function addPath(tree: Wanted, path: readonly string[], excerpt: ExcerptOptions | undefined): void {
  let node = tree
  for (const key of path) {
    const next = node.keys.get(key) ?? nothingWanted()
    node.keys.set(key, next)
    node = next
  }
  node.whole = { excerpt }
}

/** Returns the selected part of a value, or of the items if the value is a page of a list. */
export async function project(value: unknown, { tree, isShortened }: Projection): Promise<unknown> {
  const shorten = isShortened ? (await import('./excerpt.ts')).excerpt : (html: string) => html
  if (isPage(value)) return { ...value, items: pick(value.items, tree, shorten) }
  return pick(value, tree, shorten)
}

const pageKeys = ['items', 'page', 'perPage', 'totalItems', 'totalPages']

function isPage(value: unknown): value is { items: unknown } {
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length === pageKeys.length && pageKeys.every((key) => Object.hasOwn(value, key))
}

function pick(value: unknown, wanted: Wanted, shorten: Shorten): unknown {
  if (Array.isArray(value)) {
    return isObject(value[0]) ? value.map((item) => pick(item, wanted, shorten)) : sorted(value)
  }
  if (!isObject(value) || wanted.keys.size === 0) return sorted(value)

  const picked = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const below = wantedOf(wanted, key)
      return below === undefined ? [] : [[key, pickMember(value[key], below, shorten)] as const]
    })
  return Object.fromEntries(picked)
}

/** A member that is selected itself stays whole, even if parts of it are selected too. */
function pickMember(value: unknown, wanted: Wanted, shorten: Shorten): unknown {
  const { whole } = wanted
  if (whole === undefined) return pick(value, wanted, shorten)
  return whole.excerpt !== undefined && typeof value === 'string'
    ? shorten(value, whole.excerpt)
    : sorted(value)
}

/** The selection for a key, which may contain dots; else the selection of `*`. */
function wantedOf(wanted: Wanted, key: string): Wanted | undefined {
  let named: Wanted | undefined = wanted
  for (const segment of segmentsOf(key)) named = named?.keys.get(segment)
  if (named !== undefined) return named
  const others = wanted.keys.get('*')
  return others?.whole && others
}

function segmentsOf(path: string): string[] {
  return path.split('.')
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

/** Splits at the commas outside of quotes and parentheses. */
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

interface Path {
  readonly keys: readonly string[]
  readonly excerpt: ExcerptOptions | undefined
}

function parsePath(text: string): Path {
  const colon = text.indexOf(':')
  const path = colon < 0 ? text : text.slice(0, colon)
  const excerpt = colon < 0 ? undefined : parseModifier(text.slice(colon + 1))
  // A trailing dot has no meaning.
  return { keys: segmentsOf(path.replace(/\.$/, '')), excerpt }
}

/** `excerpt(max, withEllipsis?)`, the only modifier. */
function parseModifier(text: string): ExcerptOptions {
  const [name, limit, ellipsis, ...rest] = text.split(/[(), ]+/).filter((part) => part !== '')
  const max = Math.trunc(Number(limit))
  if (name !== 'excerpt' || !Number.isFinite(max) || max <= 0 || rest.length > 0) {
    throw new ApiError(commonErrors.badRequest)
  }
  return { max, withEllipsis: /^(?:1|t|T|TRUE|true|True)$/.test(ellipsis ?? '') }
}
