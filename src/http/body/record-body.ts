import type { Context } from 'hono'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { assertAffordable } from '#kernel/json-cost.ts'
import type { AppEnv } from '#http/app-env.ts'
import { inferValue } from '#go-compat/infer-value.ts'
import { parseJson } from '#go-compat/json-text.ts'
import {
  type BodyOptions,
  type FormEntry,
  type RawBody,
  jsonPayloadKey,
  readRawBody,
} from './raw-body.ts'
import type { Upload } from './upload.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** The submitted values of a record. */
export interface RecordBody {
  /** Typed values by key, without a prototype. */
  readonly data: Readonly<Record<string, unknown>>
  /** Uploaded files by the name of their part, in order. */
  readonly files: ReadonlyMap<string, readonly Upload[]>
}

/**
 * Reads a body of free shape: JSON, multipart or urlencoded. No body counts as `{}`. The types of
 * form values are inferred. Can be called again.
 *
 * @throws {ApiError} `body_too_large`, `unsupported_content_type`, `bad_request`
 */
export async function readRecordBody(
  c: Context<AppEnv>,
  options?: BodyOptions,
): Promise<RecordBody> {
  const body = await readRawBody(c, options)
  try {
    return recordBodyOf(body)
  } catch (error) {
    throw new ApiError(commonErrors.badRequest, { cause: error })
  }
}

/**
 * Converts a body to free shape.
 *
 * @throws {SyntaxError} If the body is not a JSON object.
 */
export function recordBodyOf(body: RawBody): RecordBody {
  switch (body.kind) {
    case 'empty':
      return { data: dictionary(), files: new Map() }
    case 'json':
      return { data: dictionary(membersOf(parseJson(body.text))), files: new Map() }
    case 'form':
      return formBody(body.entries)
  }
}

function formBody(entries: readonly FormEntry[]): RecordBody {
  assertAffordable(entries.map(([, value]) => value).filter((value) => typeof value === 'string'))
  const values = new Map<string, string[]>()
  const files = new Map<string, Upload[]>()
  for (const [name, value] of entries) {
    if (typeof value === 'string') append(values, name, value)
    else append(files, name, value)
  }
  const payloads = values.get(jsonPayloadKey) ?? []
  values.delete(jsonPayloadKey)

  const inferred = [...values].map(([name, texts]) => [name, inferAll(texts)] as const)
  const merged = payloads.flatMap((payload) => membersOf(parseJson(payload)))
  return { data: dictionary<unknown>([...inferred, ...merged]), files }
}

function append<T>(lists: Map<string, T[]>, name: string, value: T): void {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [value])
  else list.push(value)
}

function inferAll(texts: readonly string[]): unknown {
  return texts.length === 1 ? inferValue(texts[0] ?? '') : texts.map(inferValue)
}

/** The members of an object; `null` has none. */
function membersOf(value: unknown): [string, unknown][] {
  if (value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) throw new SyntaxError('Not an object.')
  return Object.entries(value)
}
