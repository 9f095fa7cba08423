/*
 * Detects the content type of a file from its content, with PocketBase's names. The type a client
 * declares is never trusted: otherwise a page declared as an image would be served as an image, or
 * the reverse.
 */
import { type ContentType, sniffedBytes } from '#go-compat/pattern/byte-patterns.ts'
import { charsetOf } from './charset.ts'
import { contentTypes } from './content-types.ts'
import { textTypes } from './text-types.ts'

const anything: ContentType = {
  type: 'application/octet-stream',
  extension: '',
  matches: () => true,
  kinds: contentTypes,
}

/** Detects a content type; `application/octet-stream` if unknown. Text types include a charset. */
export function contentTypeOf(content: Uint8Array): string {
  const head = headOf(content)
  const { type } = mostSpecial(anything, head)
  const charset = charsetOf(type, head)
  return charset === '' ? type : `${type}; charset=${charset}`
}

/** The usual file extension for this content, with the dot; empty if there is none. */
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

/** True if a content type is the requested one, also under an alias. */
export function isContentType(type: string, asked: string): boolean {
  const [found, wanted] = [bareType(type), bareType(asked)]
  return found === wanted || (aliases.get(found)?.includes(wanted) ?? false)
}

/** True if a type, without parameters, is a text type. */
export function isTextType(type: string): boolean {
  return texts.has(type)
}

/** A type in lower case, without its parameters. */
export function bareType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** Aliases by type. */
const aliases: ReadonlyMap<string, readonly string[]> = new Map(
  withKinds(anything).map(({ type, aliases: names = [] }) => [type, names]),
)

const texts: ReadonlySet<string> = new Set(textTypes.flatMap(withKinds).map(({ type }) => type))

function withKinds(each: ContentType): ContentType[] {
  return [each, ...(each.kinds ?? []).flatMap(withKinds)]
}
