/*
 * Bodies of fixed shape: what sign-in, settings and other endpoints with known fields accept. JSON
 * keys ignore case and `null` leaves a field alone, as Go decodes a struct; forms name nested
 * fields with dots and repeat those of arrays.
 */
import type { Context } from 'hono'
import * as z from 'zod'
import { parseBool } from '#go-compat/casts.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import type { AppEnv } from './app-env.ts'
import { parseFirstJson, parseJson } from '#go-compat/json-text.ts'
import { type FormEntry, jsonPayloadKey, type RawBody, readRawBody } from './raw-body.ts'

/**
 * Reads a body of fixed shape. Unknown keys are ignored, missing ones get the schema's defaults; a
 * value of another type is refused. May be asked for again.
 *
 * @param refusal what an endpoint says in its own words of any body it cannot read
 * @throws {ApiError} `body_too_large`; `refusal`, else `unsupported_content_type`, `loading_failed`
 */
export async function readForm<Shape extends z.ZodObject>(
  c: Context<AppEnv>,
  shape: Shape,
  refusal?: ErrorSpec,
): Promise<z.output<Shape>> {
  const parsed = shape.safeParse(await readPartialForm(c, shape, refusal))
  if (!parsed.success) {
    throw new ApiError(refusal ?? commonErrors.loadingFailed, { cause: parsed.error })
  }
  return parsed.data
}

/**
 * Reads what a body of fixed shape says, and nothing it does not: keys are spelled as in the shape,
 * types are not looked at. May be asked for again.
 *
 * @throws {ApiError} As `readForm`.
 */
export async function readPartialForm(
  c: Context<AppEnv>,
  shape: z.ZodObject,
  refusal?: ErrorSpec,
): Promise<Record<string, unknown>> {
  try {
    return formOf(await readRawBody(c, { takesFile: () => false }), shape)
  } catch (error) {
    const code = error instanceof ApiError ? error.code : undefined
    const isAnswer =
      code === commonErrors.bodyTooLarge.code ||
      (code === commonErrors.unsupportedContentType.code && refusal === undefined)
    throw isAnswer ? error : new ApiError(refusal ?? commonErrors.loadingFailed, { cause: error })
  }
}

/**
 * The document a body of fixed shape holds, with keys as the shape spells them; not yet validated.
 *
 * @throws {SyntaxError} For what is no JSON object.
 */
export function formOf(body: RawBody, shape: z.ZodObject): Record<string, unknown> {
  switch (body.kind) {
    case 'empty':
      return {}
    case 'json':
      return fitObject(shape, parseFirstJson(body.text))
    case 'form':
      return fitEntries(shape, body.entries)
  }
}

function fitEntries(shape: z.ZodObject, entries: readonly FormEntry[]): Record<string, unknown> {
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const payloads = texts.filter(([name]) => name === jsonPayloadKey)
  const typed = payloads.map(([, text]) => fitObject(shape, parseJson(text)))
  return Object.fromEntries([fromTexts(shape, texts, ''), ...typed].flatMap(Object.entries))
}

/**
 * Spells the keys of a document as the schema does, on every level, and leaves out `null`s that say
 * nothing.
 */
function fit(schema: unknown, value: unknown): unknown {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) return fitObject(inner, value)
  if (!(inner instanceof z.ZodArray)) return value
  if (value === null) return []
  return Array.isArray(value) ? value.map((item) => fit(inner.element, item)) : value
}

function fitObject(shape: z.ZodObject, value: unknown): Record<string, unknown> {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new SyntaxError('Not an object.')

  const names = new Map(Object.keys(shape.shape).map((name) => [name.toLowerCase(), name]))
  const fitted = new Map<string, unknown>()
  for (const [key, member] of Object.entries(value)) {
    const name = names.get(key.toLowerCase())
    const schema = name === undefined ? undefined : shape.shape[name]
    if (name === undefined || (member === null && saysNothing(schema))) continue
    fitted.set(name, fit(schema, member))
  }
  return Object.fromEntries(fitted)
}

function fromTexts(
  shape: z.ZodObject,
  texts: readonly (readonly [string, string])[],
  prefix: string,
): Record<string, unknown> {
  const fitted = new Map<string, unknown>()
  for (const [name, schema] of Object.entries(shape.shape)) {
    const inner = unwrapped(schema)
    const values = texts.filter(([key]) => key === prefix + name).map(([, text]) => text)
    if (inner instanceof z.ZodObject) {
      const nested = fromTexts(inner, texts, `${prefix}${name}.`)
      if (Object.keys(nested).length > 0) fitted.set(name, nested)
    } else if (inner instanceof z.ZodArray && values.length > 0) {
      // No form can say an object.
      if (inner.element instanceof z.ZodObject) continue
      const items = values.map((text) => fromText(inner.element, text))
      fitted.set(name, items)
    } else if (values[0] !== undefined) {
      fitted.set(name, fromText(inner, values[0]))
    }
  }
  return Object.fromEntries(fitted)
}

/**
 * What a text says to a field of this type; a text that says nothing to it is left for the schema
 * to refuse.
 */
function fromText(schema: unknown, text: string): unknown {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodBoolean) return text === '' ? false : (parseBool(text) ?? text)
  if (!(inner instanceof z.ZodNumber)) return text
  return /^\s|\s$/.test(text) || Number.isNaN(Number(text)) ? text : Number(text)
}

/** Whether `null` leaves a field alone. It empties an array, and is a value where the schema takes it. */
function saysNothing(schema: unknown): boolean {
  const isEmptied = unwrapped(schema) instanceof z.ZodArray
  return !isEmptied && schema instanceof z.ZodType && !schema.safeParse(null).success
}

/** The schema inside of defaults and options. */
function unwrapped(schema: unknown): unknown {
  const isWrapper =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  return isWrapper ? unwrapped(schema.unwrap()) : schema
}
