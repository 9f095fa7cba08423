import { extensionOf } from '#go-compat/content-type/content-type.ts'
import { byteLength, snakeCase } from '#kernel/text.ts'
import type { Upload } from '#http/body/upload.ts'

/** Only the end of a longer name is used. */
const maxOriginalBytes = 300
const maxBaseLength = 100
const minBaseLength = 3
const maxExtensionLength = 20
/** Characters of an upload's token after the base of its name. */
const suffixLength = 10

/**
 * The stored name of an uploaded file: the client's name, made harmless, and ten random characters,
 * so that it cannot be guessed and is unique. The same upload always gets the same name.
 */
export function storedName({ name, token, head }: Upload): string {
  const original = lastBytes(name, maxOriginalBytes)
  const extension = extensionIn(original, head)
  const base = snakeCase(trimPoints(original.slice(0, -rawExtension(original).length || undefined)))
  const suffix = token.slice(0, suffixLength)
  const padding = base.length < minBaseLength ? token.slice(suffixLength) : ''
  return `${(base + padding).slice(0, maxBaseLength)}_${suffix}${extension}`
}

function lastBytes(text: string, count: number): string {
  if (byteLength(text) <= count) return text
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(-count))
}

/** From the second last dot, so that `.tar.gz` is one extension. */
function rawExtension(name: string): string {
  return /\.[^.]*(?:\.[^.]*)?$/.exec(name)?.[0] ?? ''
}

function extensionIn(name: string, head: Uint8Array): string {
  const clean = trimPoints(rawExtension(name).replaceAll(/[^\w.*\-+=#]/g, ''))
  if (clean === '') return extensionOf(head)
  if (clean.length + 1 <= maxExtensionLength) return `.${clean}`
  return `.${trimPoints(clean.slice(-maxExtensionLength))}`
}

function trimPoints(text: string): string {
  return text.replaceAll(/^\.+|\.+$/g, '')
}
