/*
 * A request as scenarios and the generator write it. It is written once and goes to both servers:
 * `{{name}}` stands for a value that each of them has answered before.
 */
import type { Json, WireRequest } from './client.ts'

/** A form part of a multipart body; a list of them keeps its order, names may repeat. */
export type FormPart = readonly [name: string, value: string]

/** A file in a multipart body; its content as Base64. */
export type FilePart = readonly [
  name: string,
  file: { readonly name: string; readonly base64: string },
]

/** A request for both servers. */
export interface ParityRequest {
  /** The caller: `guest`, `superuser` (by default), or the name of an account. */
  readonly as?: string
  /** The method and the path, which goes out as it is written. */
  readonly send: string
  /** Appended to the path, encoded. */
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. At most one of `json`, `form`, `parts` and `raw` is given. */
  readonly json?: Json
  /** Sent urlencoded. */
  readonly form?: readonly FormPart[]
  /** Sent as multipart/form-data. */
  readonly parts?: readonly (FormPart | FilePart)[]
  /** Sent as it is written. An empty type sends none. */
  readonly raw?: { readonly type: string; readonly text: string }
}

/** Earlier responses of one server: values by name, tokens as `token:name`. */
export type Values = Map<string, string>

const boundary = 'parity-boundary-7MA4YWxkTrZu0gW'

/** The request as one server gets it. @throws Error for a value that no answer has given. */
export function toWire(request: ParityRequest, values: Values): WireRequest {
  const fill = (text: string): string => fillIn(text, values)
  const [method = '', path = ''] = splitOnce(fill(request.send), ' ')
  const query = Object.entries(request.query ?? {})
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(fill(String(value)))}`)
    .join('&')
  const { type, text, encoding = 'utf8' } = bodyOf(request)
  const body = fill(text)

  const headers: Record<string, string> = {}
  const token = tokenOf(request.as ?? 'superuser', values)
  if (token !== undefined) headers['authorization'] = token
  if (type !== '') headers['content-type'] = type
  if (body !== '') headers['content-length'] = String(Buffer.byteLength(body, encoding))
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name.toLowerCase()] = fill(value)
  }
  return {
    method,
    path: query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`,
    headers,
    body,
    encoding,
  }
}

interface Body {
  readonly type: string
  readonly text: string
  readonly encoding?: 'latin1'
}

function bodyOf(request: ParityRequest): Body {
  if (request.raw !== undefined) return request.raw
  if (request.json !== undefined) {
    return { type: 'application/json', text: JSON.stringify(request.json) }
  }
  if (request.form !== undefined) {
    const pairs = request.form.map(([name, value]) => [name, value] as [string, string])
    return {
      type: 'application/x-www-form-urlencoded',
      text: new URLSearchParams(pairs)
        .toString()
        .replaceAll('%7B%7B', '{{')
        .replaceAll('%7D%7D', '}}'),
    }
  }
  if (request.parts !== undefined) {
    const parts = request.parts.map(partText)
    return {
      type: `multipart/form-data; boundary=${boundary}`,
      text: `${parts.join('')}--${boundary}--\r\n`,
      // So every character is a byte, also in files.
      encoding: 'latin1',
    }
  }
  return { type: '', text: '' }
}

function partText([name, value]: FormPart | FilePart): string {
  const isFile = typeof value !== 'string'
  const file = isFile ? `; filename="${bytesIn(value.name)}"` : ''
  const content = isFile ? Buffer.from(value.base64, 'base64').toString('latin1') : bytesIn(value)
  return `--${boundary}\r\nContent-Disposition: form-data; name="${bytesIn(name)}"${file}\r\n\r\n${content}\r\n`
}

/** The bytes of a text as characters. */
function bytesIn(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function fillIn(text: string, values: Values): string {
  return text.replaceAll(/\{\{([\w:. -]+)\}\}/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`Nothing is known as {{${name}}} yet.`)
    return value
  })
}

function tokenOf(name: string, values: Values): string | undefined {
  if (name === 'guest') return undefined
  const token = values.get(`token:${name}`)
  if (token === undefined) throw new Error(`${name} has not signed in.`)
  return token
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}
