/*
 * What the ending of a file's name says, beside what its content is. Browsers run some types; such a
 * file must be what it is called, so that no picture is a script and no script a picture.
 */
import { bareType, isTextType } from './content-type.ts'

const unknown = 'application/octet-stream'
const ooxml = 'application/vnd.openxmlformats-officedocument.'

/** Types that the ending tells of texts, whose content does not. */
const textTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
}

/** Types that the ending tells of archives. */
const archiveTypes: Readonly<Record<string, string>> = {
  '.xlsx': `${ooxml}spreadsheetml.sheet`,
  '.docx': `${ooxml}wordprocessingml.document`,
  '.pptx': `${ooxml}presentationml.presentation`,
}

/** Endings of texts that browsers run, or take for a part of a page. */
const activeEndings =
  '.html .htm .xhtml .xht .shtml .js .mjs .cjs .css .svg .xml .xsl .xslt .hta'.split(' ')

/** Types that browsers run. */
const activeTypes = new Set([
  'text/html',
  'application/xhtml+xml',
  'image/svg+xml',
  'text/xml',
  'text/javascript',
  'application/x-shockwave-flash',
])

/** Endings of what is looked at or listened to, and runs nothing. */
const mediaEndings = (
  '.png .apng .jpg .jpeg .jfif .gif .webp .avif .bmp .ico .tif .tiff .heic .heif .jxl .mp3 .m4a .wav ' +
  '.oga .ogg .flac .aac .mp4 .m4v .mov .webm .ogv .avi .mkv .3gp .mpeg .mpg .woff .woff2 .ttf .otf .pdf'
).split(' ')

/**
 * Whether the ending of a name and the type of its content exclude each other: a script, a page or a
 * style that is no text, and a picture, sound, film, font or PDF that browsers would run. A content of
 * no known type excludes nothing, nor does an ending that is not among these.
 */
export function isContradicted(name: string, contentType: string): boolean {
  const ending = endingOf(name).toLowerCase()
  const type = bareType(contentType)
  if (type === unknown) return false
  if (ending === '.swf') return type !== 'application/x-shockwave-flash'
  if (activeEndings.includes(ending)) return !isTextType(type)
  return mediaEndings.includes(ending) && activeTypes.has(type)
}

/** The type to serve a file under: what its ending says, where the content is of that kind. */
export function servedType(name: string, contentType: string): string {
  const ending = endingOf(name)
  const type = bareType(contentType)
  const text = Object.hasOwn(textTypes, ending) ? textTypes[ending] : undefined
  if (text !== undefined && isTextType(type)) return text
  const archive = Object.hasOwn(archiveTypes, ending) ? archiveTypes[ending] : undefined
  return archive !== undefined && type === 'application/zip' ? archive : contentType
}

function endingOf(name: string): string {
  return /\.[^.]*$/.exec(name)?.[0] ?? ''
}
