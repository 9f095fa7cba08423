/*
 * Compares a file's extension with its content. Browsers run some types. A file of such a type must
 * have a matching extension, so that no image is a script and no script an image.
 */
import { bareType, isTextType } from './content-type.ts'

const unknown = 'application/octet-stream'
const ooxml = 'application/vnd.openxmlformats-officedocument.'

/** Types of texts by extension, where the content does not tell. */
const textTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
}

/** Types of archives by extension. */
const archiveTypes: Readonly<Record<string, string>> = {
  '.xlsx': `${ooxml}spreadsheetml.sheet`,
  '.docx': `${ooxml}wordprocessingml.document`,
  '.pptx': `${ooxml}presentationml.presentation`,
}

/** Extensions of texts that browsers run or include in a page. */
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

/** Extensions of media, which browsers show or play but do not run. */
const mediaEndings = (
  '.png .apng .jpg .jpeg .jfif .gif .webp .avif .bmp .ico .tif .tiff .heic .heif .jxl .mp3 .m4a .wav ' +
  '.oga .ogg .flac .aac .mp4 .m4v .mov .webm .ogv .avi .mkv .3gp .mpeg .mpg .woff .woff2 .ttf .otf .pdf'
).split(' ')

/**
 * True if a file's extension and content type contradict each other: a script, page or style sheet
 * that is not text, or an image, sound, movie, font or PDF that browsers would run. Unknown content
 * types and other extensions never contradict.
 */
export function isContradicted(name: string, contentType: string): boolean {
  const ending = endingOf(name).toLowerCase()
  const type = bareType(contentType)
  if (type === unknown) return false
  if (ending === '.swf') return type !== 'application/x-shockwave-flash'
  if (activeEndings.includes(ending)) return !isTextType(type)
  return mediaEndings.includes(ending) && activeTypes.has(type)
}

/** The type to serve a file as: the type of its extension if the content is of that kind. */
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
