/*
 * The type of a file by its content, in the names that PocketBase gives. What a client says of a file
 * is never believed: a page that calls itself a picture would else be served as one, and a picture
 * that is a page.
 */
import { type ContentType, sniffedBytes } from './byte-patterns.ts'
import { charsetOf } from './charset.ts'
import { contentTypes } from './content-types.ts'
import { textTypes } from './text-types.ts'

const anything: ContentType = {
  type: 'application/octet-stream',
  extension: '',
  matches: () => true,
  kinds: contentTypes,
}

/**
 * The type of what begins with these bytes; `application/octet-stream` for what nobody knows. Texts
 * have a charset with it.
 */
export function contentTypeOf(content: Uint8Array): string {
  const head = headOf(content)
  const { type } = mostSpecial(anything, head)
  const charset = charsetOf(type, head)
  return charset === '' ? type : `${type}; charset=${charset}`
}

/** The usual ending of a file with this content, with its point; empty where there is none. */
export function extensionOf(content: Uint8Array): string {
  return mostSpecial(anything, headOf(content)).extension
}

function headOf(content: Uint8Array): string {
  return String.fromCharCode(...content.subarray(0, sniffedBytes))
}

function mostSpecial(general: ContentType, head: string): ContentType {
  const kind = general.kinds?.find(({ matches }) => matches(head))
  return kind === undefined ? general : mostSpecial(kind, head)
}

/** Whether a content's type is one that is asked for, also under another name of it. */
export function isContentType(type: string, asked: string): boolean {
  const [found, wanted] = [bareType(type), bareType(asked)]
  return found === wanted || (aliases.get(found)?.includes(wanted) ?? false)
}

/** Whether a type, without parameters, is that of a text. */
export function isTextType(type: string): boolean {
  return texts.has(type)
}

/** A type in lower case, without its parameters. */
export function bareType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** The further names of types, by their names. */
const aliases: ReadonlyMap<string, readonly string[]> = new Map(
  withKinds(anything).map(({ type, aliases: names = [] }) => [type, names]),
)

const texts: ReadonlySet<string> = new Set(textTypes.flatMap(withKinds).map(({ type }) => type))

function withKinds(each: ContentType): ContentType[] {
  return [each, ...(each.kinds ?? []).flatMap(withKinds)]
}
