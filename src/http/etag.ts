/*
 * ETags of JSON. The tag of a record names the record as its caller sees it; what `expand` and
 * `fields` make of it has a digest of its own behind that. So a conditional write compares the
 * record alone, and a conditional read compares the whole body. So does everything that an application
 * adds to the record. Tags are computed from the response
 * that a request would get, so that a 304 says no more than the response itself.
 */
import type { Context } from 'hono'
import { dictionary } from '#kernel/dictionary.ts'
import { answer, json } from './answer.ts'
import type { AppEnv } from './app-env.ts'

/** Bytes of a digest in a tag. */
const tagBytes = 16
/** Their characters in base64, without padding. */
const tagLength = 22

const encoder = new TextEncoder()

/** A digest for a tag, without quotes. */
async function tagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text))
  const bytes = String.fromCharCode(...new Uint8Array(digest, 0, tagBytes))
  return btoa(bytes).slice(0, tagLength).replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * The fields of records that an application has changed for their caller. What it has added is no
 * part of the record: it may differ each time, and would fail every conditional write.
 */
const fieldsOf = new WeakMap<object, readonly string[]>()

/** Notes the keys of a record whose other members are no part of its tag. */
export function noteFields(record: object, fields: readonly string[]): void {
  fieldsOf.set(record, fields)
}

/** The tag of a record as its caller sees it, without what is expanded. */
export async function recordTag(record: object): Promise<string> {
  const fields = fieldsOf.get(record)
  const own = fields === undefined ? record : pick(record as Record<string, unknown>, fields)
  return await tagOf(JSON.stringify({ ...own, expand: undefined }))
}

function pick(record: Readonly<Record<string, unknown>>, keys: readonly string[]): object {
  return dictionary(
    keys.filter((key) => Object.hasOwn(record, key)).map((key) => [key, record[key]]),
  )
}

/** Responds with a record. A read responds with 304 if the client has it. */
export async function answerRecord(
  c: Context<AppEnv, string>,
  record: object | undefined,
): Promise<Response> {
  const text = JSON.stringify(record ?? null)
  if (record === undefined) return answer(c, text)
  const whole = tagOf(text)
  const isMore = 'expand' in record || fieldsOf.has(record)
  const tag = isMore ? `${await recordTag(record)}.${await whole}` : await whole
  return answerTagged(c, text, `"${tag}"`)
}

/** Responds with a page of a list, or with 304 if the client has it. */
export async function answerPage(c: Context<AppEnv, string>, page: object): Promise<Response> {
  const text = JSON.stringify(page)
  // The projection, which changes the body, makes the tag.
  return answerTagged(c, text, isProjected(c) ? 'W/""' : `W/"${await tagOf(text)}"`)
}

/** The response after a projection of its body. A response without a tag gets none. */
export async function answerProjection(
  c: Context<AppEnv>,
  text: string,
  response: Response,
): Promise<Response> {
  const tag = response.headers.get('ETag')
  if (tag === null) return new Response(text, response)
  const projected = await tagOf(text)
  const [base] = readTags(tag)
  const isWeak = tag.startsWith('W/')
  response.headers.set('ETag', isWeak ? `W/"${projected}"` : `"${base?.record}.${projected}"`)
  return isKnown(c, response.headers.get('ETag'))
    ? unchanged(response)
    : new Response(text, response)
}

function answerTagged(c: Context<AppEnv, string>, text: string, tag: string): Response {
  if (!isRead(c)) return answer(c, text, { ...json, ETag: tag })
  const headers = {
    ETag: tag,
    'Cache-Control': 'private, no-cache',
    Vary: `${c.get('headers')['Vary']}, Authorization`,
  }
  return !isProjected(c) && isKnown(c, tag)
    ? answer(c, null, headers, 304)
    : answer(c, text, { ...json, ...headers })
}

function isRead({ req }: Context<AppEnv, string>): boolean {
  return req.method === 'GET' || req.method === 'HEAD'
}

function isProjected({ req }: Context<AppEnv, string>): boolean {
  return (req.query('fields') ?? '') !== ''
}

function isKnown(c: Context<AppEnv, string>, tag: string | null): boolean {
  return isRead(c) && tag !== null && matchesTag(c.req.header('If-None-Match') ?? '', tag)
}

function unchanged({ headers }: Response): Response {
  const kept = new Headers(headers)
  for (const name of ['Content-Type', 'Content-Length']) kept.delete(name)
  return new Response(null, { status: 304, headers: kept })
}

/**
 * True if a header `If-None-Match` names a tag. Networks that compress a response make its tag a
 * weak one.
 */
export function matchesTag(header: string, tag: string): boolean {
  const bare = tag.replace(/^W\//, '')
  return header.split(',').some((one) => [bare, '*'].includes(one.trim().replace(/^W\//, '')))
}

/** A tag of a header. */
export interface EntityTag {
  /** The part that names the record. */
  readonly record: string
}

/** Parses the tags of a header. What is no tag is left out. */
export function readTags(header: string): readonly EntityTag[] {
  return [...header.matchAll(/"([^".]*)[^"]*"/g)].map(([, record = '']) => ({ record }))
}
