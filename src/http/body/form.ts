/*
 * Bodies of fixed shape, for sign-in, settings and other endpoints with known fields. `null`
 * leaves a field of JSON unchanged, as in Go's struct decoding. Forms name nested fields with dots
 * and repeat array fields.
 */
import type { Context } from 'hono'
import * as z from 'zod'
import { parseBool } from '#go-compat/casts.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import type { AppEnv } from '#http/app-env.ts'
import { parseJson } from '#go-compat/json-text.ts'
import { type FormEntry, jsonPayloadKey, type RawBody, readRawBody } from './raw-body.ts'

/**
 * Reads a body of fixed shape. Unknown keys are ignored, missing ones get the schema's defaults,
 * and values of another type are rejected. Can be called again.
 *
 * @param refusal the endpoint's own error for a body it cannot read
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
 * Reads only the keys that a body of fixed shape contains. Types are not checked. Can be called
 * again.
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
 * Converts a body of fixed shape to a document with the keys of the shape. Not yet validated.
 *
 * @throws {SyntaxError} If the body is not a JSON object.
 */
export function formOf(body: RawBody, shape: z.ZodObject): Record<string, unknown> {
  switch (body.kind) {
    case 'empty':
      return {}
    case 'json':
      return fitObject(shape, parseJson(body.text))
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

/** Drops unknown keys, on every level, and each `null` that has no meaning. */
function fit(schema: unknown, value: unknown): unknown {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) {
    return value === null && !saysNothing(schema) ? null : fitObject(inner, value)
  }
  if (!(inner instanceof z.ZodArray)) return value
  if (value === null) return []
  return Array.isArray(value) ? value.map((item) => fit(inner.element, item)) : value
}

function fitObject(shape: z.ZodObject, value: unknown): Record<string, unknown> {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new SyntaxError('Not an object.')

  const members = new Map(Object.entries(value))
  const known = Object.entries(shape.shape).filter(
    ([name, schema]) => members.has(name) && !(members.get(name) === null && saysNothing(schema)),
  )
  return Object.fromEntries(known.map(([name, schema]) => [name, fit(schema, members.get(name))]))
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
      // A form cannot express an object.
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
 * Converts a string to the type of the field. A string that cannot be converted is left for the
 * schema to reject.
 */
function fromText(schema: unknown, text: string): unknown {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodBoolean) return text === '' ? false : (parseBool(text) ?? text)
  if (!(inner instanceof z.ZodNumber)) return text
  return /^\s|\s$/.test(text) || Number.isNaN(Number(text)) ? text : Number(text)
}

/**
 * True if `null` leaves a field unchanged. It empties an array, and is a value if the schema
 * accepts it.
 */
function saysNothing(schema: unknown): boolean {
  const isEmptied = unwrapped(schema) instanceof z.ZodArray
  return !isEmptied && schema instanceof z.ZodType && !schema.safeParse(null).success
}

/** The schema without its default and optional wrappers. */
function unwrapped(schema: unknown): unknown {
  const isWrapper =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  return isWrapper ? unwrapped(schema.unwrap()) : schema
}
