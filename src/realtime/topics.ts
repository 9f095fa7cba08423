import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { headerKey } from '#http/network/network-headers.ts'
import { namedValues } from '#kernel/named-values.ts'

/** A parsed subscription. */
export interface Topic {
  /** As the client wrote it; messages use it as their name. */
  readonly text: string
  /** The id or name of a collection, as the client wrote it; the whole text of another topic. */
  readonly collection: string
  /** The record, or `*`. */
  readonly record: string
  readonly query: Readonly<Record<string, string>>
  /** Header names as in rules. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Parses a subscription: `posts/*`, `posts/RECORD`, `posts`, with
 * `?options={"query":…,"headers":…}`.
 */
export function readTopic(text: string): Topic {
  const at = text.indexOf('?')
  const path = at === -1 ? text : text.slice(0, at)
  const slash = path.indexOf('/')
  const { query, headers } = readOptions(at === -1 ? '' : text.slice(at + 1))
  return {
    text,
    collection: slash === -1 ? path : path.slice(0, slash),
    record: slash === -1 ? '*' : path.slice(slash + 1),
    query: texts(query, (name) => name),
    headers: texts(headers, headerKey),
  }
}

const options = lazy(() =>
  z.object({
    query: namedValues(z.unknown()).nullish(),
    headers: namedValues(z.unknown()).nullish(),
  }),
)

/** Invalid options count as none. */
function readOptions(search: string): z.output<ReturnType<typeof options>> {
  const text = new URLSearchParams(search).get('options') ?? ''
  if (text === '') return {}
  try {
    return options().safeParse(JSON.parse(text)).data ?? {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

function texts(
  values: Readonly<Record<string, unknown>> | null | undefined,
  nameOf: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [nameOf(name), textOf(value)]),
  )
}

/** Converts a scalar to a string; empty for everything else. */
function textOf(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : String(value)
}
